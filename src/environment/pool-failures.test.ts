import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { FunctionRecord } from '../function/function.ts';
import { PoolStage } from './fixture/pool-stage.ts';
import { recordOf, turn, type ScriptedStarter } from './fixture/scripted.ts';
import type { EnvironmentPool } from './pool.ts';

let stage: PoolStage;
let starter: ScriptedStarter;
let pool: EnvironmentPool;

beforeEach(() => {
  stage = new PoolStage();
  ({ starter, pool } = stage);
});

const invoke = (record: FunctionRecord): ReturnType<PoolStage['invoke']> => stage.invoke(record);

test('a time-out ends the environment, and its late answer is not heard', async () => {
  const { result } = await invoke(recordOf('f'));
  await starter.at(1).say({ kind: 'ready' });
  starter.clock.advance(3000);
  assert.equal((await result).kind, 'timed-out');
  await starter.at(1).answer();
  assert.ok(starter.actions.includes('kill 1'));
  assert.equal(pool.size, 0);
});

test('a runtime that answers but is never ready again is ended at the deadline', async () => {
  const { result } = await invoke(recordOf('f'));
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).say({ kind: 'answered', payload: Buffer.from('1'), marks: 0 });
  assert.equal((await result).kind, 'answered');
  assert.equal(pool.size, 1);
  starter.clock.advance(3000);
  await turn();
  assert.equal(pool.size, 0);
});

test('code that is not loaded within ten seconds is loaded again, in the time of its first invocation', async () => {
  const { result } = await invoke(recordOf('f'));
  starter.clock.advance(10_000);
  await turn();
  assert.deepEqual(starter.taken().slice(0, 4), ['start 1 f', 'kill 1', 'release 1', 'start 2 f']);
  starter.clock.advance(2000);
  await starter.at(2).say({ kind: 'ready' });
  starter.clock.advance(999);
  await starter.at(2).answer();
  assert.equal((await result).kind, 'answered');
});

test('an invocation whose code takes its whole time to load is a time-out', async () => {
  const { result } = await invoke(recordOf('f'));
  starter.clock.advance(10_000);
  await turn();
  starter.clock.advance(3000);
  await turn();
  const ended = await result;
  assert.equal(ended.kind, 'timed-out');
  const payload = Buffer.from('payload' in ended ? ended.payload : []).toString();
  assert.match(payload, /timed out after 3\.00 seconds/);
  assert.match(
    Buffer.from(ended.logTail).toString(),
    /INIT_REPORT Init Duration: 3000\.00 ms\tPhase: invoke\tStatus: timeout/,
  );
  assert.equal(pool.size, 0);
});

test('the end of a process while it loads its code stands in the log as AWS writes it', async () => {
  const { result } = await invoke(recordOf('f'));
  await starter.at(1).exit({ kind: 'exited', code: 3 });
  const ended = await result;
  assert.equal(ended.kind === 'exited' && ended.during, 'init');
  const log = Buffer.from(ended.logTail).toString();
  assert.match(log, /INIT_REPORT .*\tPhase: init\tStatus: error\tError Type: Runtime\.ExitError/);
});

test('out of memory is told apart from a crash', async () => {
  const { result } = await invoke(recordOf('f'));
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).exit({ kind: 'out-of-memory' });
  const ended = await result;
  assert.equal(ended.kind === 'exited' && ended.outOfMemory, true);
  assert.match(Buffer.from('payload' in ended ? ended.payload : []).toString(), /"Runtime\.OutOfMemory"/);
});

test('a sandbox that does not start is no room, with its reason', async () => {
  const { result } = await invoke(recordOf('f'));
  await starter.at(1).exit({ kind: 'not-started', why: 'fork failed' });
  const ended = await result;
  assert.equal(ended.kind === 'no-room' && ended.why, 'fork failed');
});

test('an environment that dies while idle is never handed out', async () => {
  const record = recordOf('f');
  await invoke(record);
  await starter.at(1).say({ kind: 'ready' });
  await starter.at(1).answer();
  await starter.at(1).exit({ kind: 'exited', code: 1 });
  await invoke(record);
  assert.equal(starter.started.length, 2);
});
