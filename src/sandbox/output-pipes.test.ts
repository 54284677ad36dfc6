import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { OutputPipes } from './output-pipes.ts';
import { ProgramOutput, type OutputPaths } from './program-output.ts';

/** Pipes that are made at once when they are asked for. */
function opened(context: TestContext): OutputPipes {
  const pipes = new OutputPipes((paths) => {
    execFileSync('mkfifo', ['-m', '666', ...paths]);
    pipes.made();
  });
  context.after(() => pipes[Symbol.dispose]());
  return pipes;
}

function writers({ stdout, stderr }: OutputPaths): [WriteStream, WriteStream] {
  return [createWriteStream(stdout), createWriteStream(stderr)];
}

test('each pipe is one output of one program, whole when its writers have gone', async (context) => {
  const pipes = opened(context);
  const printed = ['', ''].map((none) => ({ stdout: none, stderr: none }));
  const outputs = printed.map(
    (texts) => new ProgramOutput((stream, chunk) => void (texts[stream] += Buffer.from(chunk).toString())),
  );
  for (const [index, output] of outputs.entries()) {
    const paths = await pipes.take();
    output.open(paths);
    const [out, err] = writers(paths);
    out.write(`out ${index}\n`);
    err.end(`err ${index}\n`);
    out.end('end\n');
  }
  await Promise.all(outputs.map((output) => output.closed));
  assert.deepEqual(printed, [
    { stdout: 'out 0\nend\n', stderr: 'err 0\n' },
    { stdout: 'out 1\nend\n', stderr: 'err 1\n' },
  ]);
});

test('an output that nobody has opened for writing yet is not at its end', async (context) => {
  const pipes = opened(context);
  const texts: string[] = [];
  const output = new ProgramOutput((stream, chunk) =>
    texts.push(`${stream} ${Buffer.from(chunk).toString()}`),
  );
  const paths = await pipes.take();
  output.open(paths);
  const late = Promise.race([output.closed.then(() => 'closed'), output.read().then(() => 'open')]);
  assert.equal(await late, 'open');
  const [out, err] = writers(paths);
  out.end('late');
  err.end();
  await output.closed;
  assert.deepEqual(texts, ['stdout late']);
});

test('what was printed before is there when that is asked for, also when it is more than one turn takes', async (context) => {
  const pipes = opened(context);
  let bytes = 0;
  const output = new ProgramOutput((_stream, chunk) => void (bytes += chunk.length));
  const paths = await pipes.take();
  output.open(paths);
  const [out, err] = writers(paths);
  for (let round = 1; round <= 20; round += 1) {
    await new Promise((resolve) => out.write(Buffer.alloc(1_000_000), resolve));
    await output.read();
    assert.equal(bytes, round * 1_000_000);
  }
  out.end();
  err.end();
  await output.closed;
});

test('a program that was not started has no output', async (context) => {
  const pipes = opened(context);
  const unopened = new ProgramOutput(() => assert.fail('it was not started'));
  unopened.giveUp();
  await unopened.closed;
  const output = new ProgramOutput(() => assert.fail('it was not started'));
  const paths = await pipes.take();
  output.open(paths);
  output.giveUp();
  await output.closed;
  const missing = new ProgramOutput(() => assert.fail('it was not started'));
  assert.throws(() => missing.open({ ...paths, stderr: `${paths.stderr}-none` }), /ENOENT/);
});

test('pipes are made for many programs together, ahead, and no two get the same', async (context) => {
  const asked: number[] = [];
  const pipes = new OutputPipes((paths) => {
    asked.push(paths.length);
    pipes.made();
  });
  context.after(() => pipes[Symbol.dispose]());
  const taken = new Set<string>();
  for (let count = 0; count < 100; count += 1) taken.add((await pipes.take()).stdout);
  assert.equal(taken.size, 100);
  assert.ok(asked.length <= 8, `${asked.length} times`);
});

test('whoever waits for pipes that cannot be made learns why, and the next one asks anew', async (context) => {
  const pipes = new OutputPipes(() => undefined);
  context.after(() => pipes[Symbol.dispose]());
  const first = pipes.take();
  pipes.made('no room');
  await assert.rejects(first, /no room/);
  const second = pipes.take();
  pipes.made();
  assert.ok((await second).stdout.endsWith('stdout'));
});

test('only the platform’s user reaches the place of the pipes, and nothing is left of it', async () => {
  const pipes = new OutputPipes((paths) => {
    execFileSync('mkfifo', ['-m', '666', ...paths]);
    pipes.made();
  });
  const { stdout } = await pipes.take();
  const folder = dirname(stdout);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.ok(readdirSync(folder).length > 0);
  const waiting = new OutputPipes(() => undefined);
  const waiter = waiting.take();
  waiting[Symbol.dispose]();
  await assert.rejects(waiter, /spawner process ended/);
  pipes[Symbol.dispose]();
  assert.ok(!existsSync(folder));
});
