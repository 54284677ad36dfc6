import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { keepChild, type KeptChild } from './kept-child.ts';

const LIVES = "console.log('I live'); setInterval(() => undefined, 1000)";

describe('a companion that is kept running', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'ads-kept-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('is started again when it was killed, and that is said', async () => {
    const said = Promise.withResolvers<string>();
    const pauseOver = Promise.withResolvers<void>();
    const again = Promise.withResolvers<void>();
    const child = keep(LIVES, said.resolve, async () => {
      await pauseOver.promise;
      setImmediate(again.resolve);
    });
    const { pid } = child;
    process.kill(pid, 'SIGKILL');
    assert.match(await said.promise, /^The consumer has ended .* started again in 0\.5 s\.$/);
    assert.equal(child.pid, pid);
    pauseOver.resolve();
    await again.promise;
    assert.notEqual(child.pid, pid);
    process.kill(child.pid, 0);
    await child.stop();
    assert.throws(() => process.kill(child.pid, 0), { code: 'ESRCH' });
  });

  it('waits longer each time, up to half a minute, and says its last words', async () => {
    const pauses: number[] = [];
    const words: string[] = [];
    const enough = Promise.withResolvers<void>();
    const forever = Promise.withResolvers<void>();
    const child = keep(
      "console.error('no database'); process.exit(1)",
      (text) => words.push(text),
      (ms) => {
        pauses.push(ms);
        if (pauses.length < 8) return Promise.resolve();
        enough.resolve();
        return forever.promise;
      },
    );
    await enough.promise;
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.match(words[0] ?? '', /no database/);
    const stopped = child.stop();
    forever.resolve();
    await stopped;
    assert.equal(pauses.length, 8);
  });

  function keep(
    program: string,
    say: (text: string) => void,
    wait: (ms: number) => Promise<void>,
  ): KeptChild {
    return keepChild({
      ...{ name: 'The consumer', say, wait },
      ...{ command: process.execPath, arguments: ['-e', program] },
      ...{ logFile: join(directory, 'child.log'), pidFile: join(directory, 'child.pid') },
    });
  }
});
