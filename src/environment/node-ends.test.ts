import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signalIfThere } from './fixture/process-sandbox.ts';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

test('a process that ends in an invocation is told as AWS tells it, and the next invocation runs', async () => {
  const record = await rooms.deploy({
    'index.js':
      'exports.handler = async ({ code }) => { if (code !== undefined) process.exit(code); return "fine"; };',
  });
  const zero = await rooms.invoke(record, { code: 0 });
  assert.match(
    errorOf(zero).errorMessage,
    /^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$/,
  );
  const three = await rooms.invoke(record, { code: 3 });
  assert.match(errorOf(three).errorMessage, /Error: Runtime exited with error: exit status 3$/);
  assert.equal(errorOf(three).errorType, 'Runtime.ExitError');
  assert.equal(answerOf(await rooms.invoke(record)), 'fine');
});

test('a process killed from inside names the signal', async () => {
  const result = await rooms.run({
    'index.js': 'exports.handler = async () => { process.kill(process.pid, "SIGKILL"); };',
  });
  assert.match(errorOf(result).errorMessage, /Runtime exited with error: signal: killed$/);
});

test('an exit while loading is an exit during init', async () => {
  const result = await rooms.run({ 'index.js': 'process.exit(4);' });
  assert.equal(result.kind === 'exited' && result.during, 'init');
  assert.match(errorOf(result).errorMessage, /exit status 4$/);
});

test('a handler that never ends is ended at its time-out, and the next invocation runs', async () => {
  const record = await rooms.deploy(
    { 'index.js': 'exports.handler = async ({ spin }) => { while (spin) {} return "fine"; };' },
    { timeoutMs: 1000 },
  );
  const result = await rooms.invoke(record, { spin: true });
  assert.equal(result.kind, 'timed-out');
  const { errorType, errorMessage } = errorOf(result);
  assert.equal(errorType, 'Sandbox.Timedout');
  assert.match(errorMessage, /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/);
  assert.match(logOf(result), /Task timed out after 1\.00 seconds\nEND .*\nREPORT .*Status: timeout\t\n$/);
  assert.equal(answerOf(await rooms.invoke(record)), 'fine');
});

test('an answer of 7 MB is refused, and the environment lives on', async () => {
  const record = await rooms.deploy({
    'index.js': 'let n = 0; exports.handler = async ({ size }) => { n += 1; return "x".repeat(size) + n; };',
  });
  const result = await rooms.invoke(record, { size: 7_000_000 });
  assert.equal(result.kind, 'too-large');
  assert.equal(errorOf(result).errorType, 'Function.ResponseSizeTooLarge');
  assert.equal(answerOf(await rooms.invoke(record, { size: 0 })), '2');
  const largest = await rooms.invoke(record, { size: 6_000_000 });
  assert.equal(largest.kind, 'answered');
});

test('what a function leaves behind to crash later harms no invocation after it', async () => {
  const record = await rooms.deploy({
    'index.js':
      'exports.handler = async ({ bomb }) => { if (bomb) setImmediate(() => { throw new Error("bomb"); }); return process.pid; };',
  });
  const ended = Promise.withResolvers<void>();
  const bombed = await rooms.invoke(record, { bomb: true });
  const pid = Number(answerOf(bombed));
  const look = (): void => {
    const isGone = rooms.events.some(
      (event) => event.kind === 'environment-ended' && event.environmentId === bombed.environmentId,
    );
    if (isGone) return ended.resolve();
    // On a busy machine it may be frozen before it comes to that.
    signalIfThere(pid, 'SIGCONT');
    setTimeout(look, 5);
  };
  look();
  await ended.promise;
  assert.notEqual(Number(answerOf(await rooms.invoke(record, {}))), pid);
});
