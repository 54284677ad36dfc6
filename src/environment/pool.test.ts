import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { FunctionRecord } from '../function/function.ts';
import { PoolStage } from './fixture/pool-stage.ts';
import { recordOf, turn, type ScriptedStarter } from './fixture/scripted.ts';
import type { EnvironmentPool, EnvironmentPoolOptions } from './pool.ts';

let stage: PoolStage;
let starter: ScriptedStarter;
let pool: EnvironmentPool;

/** For how long others wait when the first of many is served. */
const HEAD_START_MS = 10;

beforeEach(() => build());

function build(options: Partial<EnvironmentPoolOptions> = {}): void {
  stage = new PoolStage(options);
  ({ starter, pool } = stage);
}

const invoke = (record: FunctionRecord): ReturnType<PoolStage['invoke']> => stage.invoke(record);

test('the most recently used idle environment is taken first', async () => {
  const record = recordOf('f');
  await Promise.all([invoke(record), invoke(record)]);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(2).say({ kind: 'ready' });
  await starter.at(2).answer();
  await starter.at(1).answer();
  starter.taken();
  await invoke(record);
  assert.deepEqual(starter.taken(), ['send 1']);
});

test('a hundred invocations at once get a hundred environments, a few starts at a time', async () => {
  const record = recordOf('f');
  const results = await Promise.all(Array.from({ length: 100 }, () => invoke(record)));
  // The first have the processors to themselves.
  assert.equal(starter.started.length, 2);
  await starter.at(1).say({ kind: 'ready' });
  // So has the first invocation, for a moment.
  assert.ok(starter.actions.includes('send 1'));
  assert.equal(starter.started.length, 2);
  starter.clock.advance(HEAD_START_MS);
  await turn();
  assert.equal(starter.started.length, 5);
  for (let number = 2; number <= 100; number += 1) {
    await starter.at(number).say({ kind: 'ready' });
    if (number < 90) assert.equal(starter.started.length, number + 4);
  }
  assert.equal(starter.started.length, 100);
  assert.equal(pool.size, 100);
  for (const { answer } of starter.started.map((one) => ({ answer: () => one.answer() }))) await answer();
  const ended = await Promise.all(results.map(({ result }) => result));
  assert.ok(ended.every(({ kind }) => kind === 'answered'));
});

test('an environment that becomes free while starts wait serves the longest waiting, and its start is saved', async () => {
  build({ startsAtOnce: 1, startsAtFirst: 1 });
  const record = recordOf('f');
  const first = await invoke(record);
  await invoke(record);
  const third = await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  starter.clock.advance(HEAD_START_MS);
  await turn();
  assert.equal(starter.started.length, 2);
  await starter.at(1).answer();
  assert.equal((await first.result).kind, 'answered');
  await starter.at(1).answer();
  await starter.at(2).say({ kind: 'ready' });
  await starter.at(1).answer();
  assert.equal((await third.result).kind, 'answered');
  assert.equal(starter.started.length, 2);
});

test('who can have a program that waits does not wait behind starts', async () => {
  const spares = {
    ...{ size: 1, usedMemoryBytes: 0, giveUpOne: () => false, fill: () => undefined },
    hasFor: ({ key }: FunctionRecord) => key.name === 'hit',
  };
  build({ startsAtOnce: 2, startsAtFirst: 1, spares });
  for (let waiting = 0; waiting < 5; waiting += 1) await invoke(recordOf('slow'));
  assert.equal(starter.started.length, 1);
  const { result } = await invoke(recordOf('hit'));
  assert.equal(starter.started.length, 2);
  await starter.at(2).say({ kind: 'ready' });
  await starter.at(2).answer();
  assert.equal((await result).kind, 'answered');
  // The one that waited is gone: the next one waits like all.
  spares.size = 0;
  await invoke(recordOf('hit', '2'));
  assert.equal(starter.started.length, 2);
});

test('a start that takes long makes place for the next', async () => {
  build({ startsAtOnce: 1, startsAtFirst: 1 });
  await Promise.all([invoke(recordOf('slow')), invoke(recordOf('quick'))]);
  assert.equal(starter.started.length, 1);
  starter.clock.advance(300);
  await turn();
  assert.equal(starter.started.length, 2);
});

test('an idle environment is frozen after 50 ms, thawed for its next invocation, and gone after the idle time', async () => {
  const record = recordOf('f');
  await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).answer();
  starter.taken();
  starter.clock.advance(50);
  await turn();
  assert.deepEqual(starter.taken(), ['freeze 1']);
  await invoke(record);
  assert.deepEqual(starter.taken(), ['thaw 1', 'send 1']);
  await starter.at(1).answer();
  starter.clock.advance(299_999);
  await turn();
  assert.deepEqual(starter.taken(), ['freeze 1']);
  starter.clock.advance(1);
  await turn();
  assert.deepEqual(starter.taken(), ['kill 1', 'release 1']);
  assert.equal(pool.size, 0);
  assert.ok(stage.events.some((event) => event.kind === 'environment-ended' && event.why === 'idle'));
});

test('what idle environments use is looked at one after the other, and no invocation waits for that', async () => {
  const record = recordOf('f');
  await Promise.all([invoke(record), invoke(record)]);
  for (const number of [1, 2]) await starter.at(number).say({ kind: 'ready' });
  const looks: PromiseWithResolvers<void>[] = [];
  starter.look = () => {
    const look = Promise.withResolvers<void>();
    looks.push(look);
    return look.promise;
  };
  for (const number of [1, 2]) await starter.at(number).answer();
  starter.taken();
  starter.clock.advance(50);
  await turn();
  assert.deepEqual(starter.taken(), ['freeze 1', 'freeze 2']);
  assert.equal(looks.length, 1);
  await invoke(record);
  assert.deepEqual(starter.taken(), ['thaw 2', 'send 2']);
  looks[0]?.resolve();
  await turn();
  assert.equal(looks.length, 2);
  looks[1]?.resolve();
});

test('a new revision ends idle environments at once and busy ones after their work', async () => {
  const before = recordOf('f', '1');
  await Promise.all([invoke(before), invoke(before)]);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(2).say({ kind: 'ready' });
  await starter.at(1).answer();
  starter.taken();
  pool.listener.changed?.(recordOf('f', '2'), before);
  assert.deepEqual(starter.taken(), ['kill 1']);
  await starter.at(2).answer();
  assert.deepEqual(starter.taken(), ['release 1', 'kill 2', 'release 2']);
});

test('who waits for an environment gets one of the newest revision', async () => {
  build({ startsAtOnce: 1, startsAtFirst: 1 });
  const [before, now] = [recordOf('f', '1'), recordOf('f', '2')];
  const { result } = await invoke(before);
  stage.latest = now;
  pool.listener.changed?.(now, before);
  await starter.at(1).say({ kind: 'ready' });
  assert.equal(starter.started.length, 2);
  await starter.at(2).say({ kind: 'ready' });
  await starter.at(2).answer();
  assert.equal((await result).kind, 'answered');
  assert.ok(starter.actions.includes('kill 1'));
});

test('an invocation that waits while its function is deleted is told so', async () => {
  const record = recordOf('f');
  const { result } = await invoke(record);
  pool.listener.deleted?.(record);
  const ended = await result;
  assert.equal(ended.kind === 'no-room' && ended.why, 'The function was deleted.');
});

test('when memory is used up, the idle environment unused for longest makes room', async () => {
  build({ memoryBytes: 80_000_000 });
  for (const [at, name] of ['a', 'b'].entries()) {
    await invoke(recordOf(name));
    await starter.at(at + 1).say({ kind: 'ready' });
    await starter.at(at + 1).answer();
    starter.clock.advance(100);
    await turn();
  }
  await invoke(recordOf('b'));
  await starter.at(2).answer();
  starter.clock.advance(100);
  await turn();
  starter.taken();
  await invoke(recordOf('c'));
  assert.deepEqual(starter.taken(), ['kill 1', 'release 1', 'start 3 c']);
});

test('when memory is used up and nothing is idle, an invocation waits until something ends', async () => {
  build({ memoryBytes: 30_000_000 });
  await invoke(recordOf('a'));
  await starter.at(1).say({ kind: 'ready' });
  await invoke(recordOf('b'));
  assert.equal(starter.started.length, 1);
  await starter.at(1).answer();
  assert.equal(starter.started.length, 2);
  assert.ok(starter.actions.includes('kill 1'));
});

test('an environment that is just ending for idleness is never handed out', async () => {
  const record = recordOf('f');
  await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).answer();
  starter.clock.advance(300_000);
  const { result } = await invoke(record);
  assert.equal(starter.started.length, 2);
  await starter.at(2).say({ kind: 'ready' });
  await starter.at(2).answer();
  assert.equal((await result).kind, 'answered');
});

test('disposing ends every environment and everyone who waits', async () => {
  build({ startsAtOnce: 1, startsAtFirst: 1 });
  const record = recordOf('f');
  const running = await invoke(record);
  const waiting = await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  await pool[Symbol.asyncDispose]();
  assert.equal((await running.result).kind, 'exited');
  assert.equal((await waiting.result).kind, 'no-room');
  assert.equal(pool.size, 0);
  assert.equal((await (await invoke(record)).result).kind, 'no-room');
});
