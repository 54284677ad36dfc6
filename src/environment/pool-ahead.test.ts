import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { FunctionRecord } from '../function/function.ts';
import { PoolStage } from './fixture/pool-stage.ts';
import { recordOf, turn, type ScriptedStarter } from './fixture/scripted.ts';
import type { EnvironmentPool, EnvironmentPoolOptions } from './pool.ts';

let stage: PoolStage;
let starter: ScriptedStarter;
let pool: EnvironmentPool;

beforeEach(() => build());

function build(options: Partial<EnvironmentPoolOptions> = {}): void {
  stage = new PoolStage({ warmShare: 0.5, ...options });
  ({ starter, pool } = stage);
}

const invoke = (record: FunctionRecord): ReturnType<PoolStage['invoke']> => stage.invoke(record);

function versionWith(provisioned: number, name = 'f'): FunctionRecord {
  return { ...recordOf(name), version: '1', provisioned: { count: provisioned, modifiedAtMs: 0 } };
}

async function passes(timeMs: number): Promise<void> {
  starter.clock.advance(timeMs);
  await turn();
}

test('what is provisioned stands ready, stays over the idle time, and is made up for', async () => {
  const record = versionWith(2);
  pool.provision(record);
  await turn();
  for (const number of [1, 2]) await starter.at(number).say({ kind: 'ready' });
  assert.deepEqual(pool.standing(record), { started: 2 });
  starter.clock.advance(400_000);
  await turn();
  assert.equal(pool.size, 2);
  starter.taken();
  const { result } = await invoke(record);
  assert.equal(starter.started.length, 2, 'the invocation needs no start');
  assert.deepEqual(starter.taken(), ['thaw 2', 'send 2']);
  await starter.at(2).answer();
  assert.equal((await result).kind, 'answered');
});

test('a version that does not start is tried a few times, and again when it changes', async () => {
  const failure = { payload: Buffer.from('{}'), errorType: 'E', errorMessage: 'no' };
  const notLoaded = { kind: 'init-failed', marks: 0, ...failure } as const;
  const record = versionWith(1);
  pool.provision(record);
  for (let number = 1; number <= 3; number += 1) {
    await turn();
    await starter.at(number).say(notLoaded);
  }
  await turn();
  assert.equal(starter.started.length, 3);
  assert.equal(pool.standing(record).failure, 'not-started');
  pool.provision(record);
  await turn();
  assert.equal(starter.started.length, 4);
  await starter.at(4).say({ kind: 'ready' });
  assert.deepEqual(pool.standing(record), { started: 1 });
});

test('what is no longer provisioned goes after its idle time', async () => {
  const record = versionWith(1);
  pool.provision(record);
  await turn();
  await starter.at(1).say({ kind: 'ready' });
  const { provisioned: _, ...plain } = record;
  starter.clock.advance(400_000);
  await turn();
  assert.equal(pool.size, 1, 'its idle time is over, and it stays');
  pool.listener.changed?.(plain, record);
  starter.clock.advance(300_000);
  await turn();
  assert.equal(pool.size, 0);
});

test('code is told that it was started to stand ready, and that others were not', async () => {
  const record = versionWith(1);
  pool.provision(record);
  await turn();
  await starter.at(1).say({ kind: 'ready' });
  await invoke(record);
  await invoke(record);
  assert.deepEqual(starter.initializations, ['provisioned-concurrency', 'on-demand']);
});

test('what was there before is not taken for what is to stand ready', async () => {
  const { provisioned: _, ...plain } = versionWith(1);
  await invoke(plain);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).answer();
  pool.listener.changed?.(versionWith(1), plain);
  await turn();
  assert.deepEqual(pool.standing(plain), { started: 0 });
  await starter.at(2).say({ kind: 'ready' });
  assert.deepEqual(starter.initializations, ['on-demand', 'provisioned-concurrency']);
  assert.deepEqual(pool.standing(plain), { started: 1 });
});

test('what stands ready is not ended for others’ memory; what a version has beyond that is', async () => {
  build({ memoryBytes: 130_000_000, warmShare: 0 });
  const record = versionWith(1);
  pool.provision(record);
  await turn();
  await starter.at(1).say({ kind: 'ready' });
  await invoke(record);
  await invoke(record);
  await starter.at(2).say({ kind: 'ready' });
  for (const number of [1, 2]) await starter.at(number).answer();
  await passes(100);
  await invoke(recordOf('g'));
  await starter.at(3).say({ kind: 'ready' });
  await starter.at(3).answer();
  await passes(100);
  starter.usedMemoryBytes = 60_000_000;
  await invoke(recordOf('g'));
  await starter.at(3).answer();
  await passes(100);
  starter.taken();
  await invoke(recordOf('h'));
  assert.deepEqual(starter.taken(), ['kill 2', 'release 2', 'kill 3', 'release 3', 'start 4 h']);
  assert.deepEqual(pool.standing(record), { started: 1 });
});

test('what is provisioned takes no more than its share of the memory, and says so', async () => {
  build({ memoryBytes: 100_000_000 });
  const record = versionWith(5);
  pool.provision(record);
  for (let number = 1; number <= 2; number += 1) {
    await turn();
    await starter.at(number).say({ kind: 'ready' });
    await passes(100);
  }
  for (const started of starter.started.slice(2)) await started.say({ kind: 'ready' });
  await passes(100);
  const { started, failure } = pool.standing(record);
  assert.ok(started >= 2 && started < 5, String(started));
  assert.equal(failure, 'no-memory');
});

/** Two invocations of a function at once, answered. */
async function useTwo(record: FunctionRecord): Promise<void> {
  await invoke(record);
  await invoke(record);
  for (const number of [1, 2]) await starter.at(number).say({ kind: 'ready' });
  for (const number of [1, 2]) await starter.at(number).answer();
}

test('a new revision is as warm as the one before was, before anybody asks for it', async () => {
  const [before, now] = [recordOf('f', '1'), recordOf('f', '2')];
  await useTwo(before);
  const pending = { ...now, state: { kind: 'pending' } as const };
  stage.latest = now;
  pool.listener.changed?.(pending, before);
  await turn();
  assert.equal(starter.started.length, 2, 'its code is not there yet');
  pool.listener.changed?.(now, pending);
  await turn();
  assert.equal(starter.started.length, 4);
  for (const number of [3, 4]) await starter.at(number).say({ kind: 'ready' });
  starter.taken();
  await invoke(now);
  assert.deepEqual(starter.taken(), ['send 4']);
});

test('an environment lost to a time-out is made up for, while its peak counts', async () => {
  const record = recordOf('f');
  const { result } = await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  await passes(3000);
  assert.equal((await result).kind, 'timed-out');
  await turn();
  assert.equal(starter.started.length, 2);
  await starter.at(2).say({ kind: 'ready' });
  await passes(299_999);
  assert.equal(pool.size, 1);
  await passes(1);
  assert.equal(pool.size, 0, 'and is gone after the idle time');
  assert.equal(starter.started.length, 2);
});

test('what ends by itself before it is used is not started without end', async () => {
  const record = recordOf('f');
  await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).answer();
  for (let number = 1; number <= 4; number += 1) {
    if (number > 1) await starter.at(number).say({ kind: 'ready' });
    await starter.at(number).exit({ kind: 'exited', code: 1 });
  }
  await turn();
  assert.equal(starter.started.length, 4);
  await invoke(record);
  assert.equal(starter.started.length, 5, 'who asks gets one');
});

test('nothing is kept warm beyond its share of the memory', async () => {
  build({ memoryBytes: 100_000_000 });
  const [before, now] = [recordOf('f', '1'), recordOf('f', '2')];
  await useTwo(before);
  await invoke(recordOf('g'));
  await starter.at(3).say({ kind: 'ready' });
  await starter.at(3).answer();
  await passes(100);
  pool.listener.changed?.(now, before);
  await turn();
  await passes(100);
  assert.equal(starter.started.length, 3);
});
