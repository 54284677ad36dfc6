import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RequestId } from '../base/ids.ts';
import { recordOf, ScriptedStarter, type ScriptedEnvironment } from './fixture/scripted.ts';
import { Collected, Relay } from './relay.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const INVOCATIONS = 20_000;
/** Less than one promise that is waited for takes. */
const MOST_KEPT_BYTES = 128;

const INVOCATION = {
  requestId: '1' as RequestId,
  functionArn: '',
  deadlineMs: 3000,
  remainingMs: 3000,
  payload: Buffer.from('{}'),
};

test('an environment keeps nothing of the invocations that are over', async () => {
  const starter = new ScriptedStarter();
  await starter.start(recordOf('f'));
  const scripted = starter.at(1);
  await began(scripted);
  await ran(scripted, starter, 1000);
  const beforeBytes = usedHeapBytes();
  await ran(scripted, starter, INVOCATIONS);
  const keptBytes = (usedHeapBytes() - beforeBytes) / INVOCATIONS;
  assert.ok(keptBytes < MOST_KEPT_BYTES, `${Math.round(keptBytes)} bytes of each`);
});

test('an invocation whose environment is stopped meanwhile is followed by none', async () => {
  const starter = new ScriptedStarter();
  await starter.start(recordOf('f'));
  const scripted = starter.at(1);
  await began(scripted);
  const running = run(scripted);
  scripted.environment.heard({ kind: 'answered', payload: Buffer.from('1'), marks: 0 });
  const { end, again } = await running;
  scripted.environment.stop('its function has changed');
  assert.deepEqual([end.kind, await again], ['answered', false]);
});

test('an environment that is stopped while it thaws for an invocation takes none after it', async () => {
  const starter = new ScriptedStarter();
  await starter.start(recordOf('f'));
  const scripted = starter.at(1);
  await began(scripted);
  await scripted.environment.freeze();
  const running = run(scripted);
  scripted.environment.stop('the platform stops');
  const { end, again } = await running;
  assert.deepEqual([end.kind, await again], ['exited', false]);
});

async function began({ environment }: ScriptedEnvironment): Promise<void> {
  environment.heard({ kind: 'ready' });
  assert.equal(await environment.started(1000), undefined);
}

function run({ environment }: ScriptedEnvironment): ReturnType<typeof environment.run> {
  return environment.run(INVOCATION, (door) => new Relay(new Collected(), 1000, door));
}

async function ran(scripted: ScriptedEnvironment, starter: ScriptedStarter, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const running = run(scripted);
    scripted.environment.heard({ kind: 'answered', payload: INVOCATION.payload, marks: 0 });
    scripted.environment.heard({ kind: 'ready' });
    assert.equal(await (await running).again, true);
    starter.taken();
  }
}

function usedHeapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
