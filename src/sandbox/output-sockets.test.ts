import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { outputName, OutputSockets } from './output-sockets.ts';

type Printed = Record<'stdout' | 'stderr', string>;

function opened(context: TestContext): { outputs: OutputSockets; printed: Printed } {
  const outputs = new OutputSockets();
  context.after(() => outputs[Symbol.dispose]());
  return { outputs, printed: { stdout: '', stderr: '' } };
}

async function connected(outputs: OutputSockets, text: string): Promise<Socket> {
  const socket = connect(outputs.path);
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

test('each connection is the output that it names, in any order; nobody else’s is taken', async (context) => {
  const { outputs, printed } = opened(context);
  const output = outputs.await(7, (stream, chunk) => void (printed[stream] += Buffer.from(chunk).toString()));
  const second = await connected(outputs, outputName(7, 'stderr'));
  const first = await connected(outputs, `${outputName(7, 'stdout')}one\n`);
  for (const text of [outputName(8, 'stdout'), outputName(7, 'stdout'), 'x'.repeat(500)]) {
    const stranger = await connected(outputs, text);
    if (!stranger.closed) await once(stranger, 'close');
  }
  second.end('two\n');
  first.end('three\n');
  await output.closed;
  assert.deepEqual(printed, { stdout: 'one\nthree\n', stderr: 'two\n' });
});

test('what was printed before is there when that is asked for, also when it is more than one turn takes', async (context) => {
  const { outputs } = opened(context);
  let bytes = 0;
  const output = outputs.await(1, (_stream, chunk) => void (bytes += chunk.length));
  const [first, second] = [
    await connected(outputs, outputName(1, 'stdout')),
    await connected(outputs, outputName(1, 'stderr')),
  ];
  for (let round = 1; round <= 20; round += 1) {
    const sent = once(first, 'drain');
    first.write(Buffer.alloc(1_000_000));
    await sent;
    await output.read();
    assert.equal(bytes, round * 1_000_000);
  }
  first.end();
  second.end();
  await output.closed;
});

test('a program that was not started has no output, and its name is forgotten', async (context) => {
  const { outputs } = opened(context);
  const output = outputs.await(1, () => assert.fail('it was not started'));
  output.giveUp();
  await output.closed;
  const late = await connected(outputs, outputName(1, 'stdout'));
  if (!late.closed) await once(late, 'close');
});

test('nothing is left of the place where programs connect', () => {
  const outputs = new OutputSockets();
  assert.ok(existsSync(outputs.path));
  outputs[Symbol.dispose]();
  assert.ok(!existsSync(outputs.path));
});
