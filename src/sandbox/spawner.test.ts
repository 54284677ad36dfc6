import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '../base/manual-clock.ts';
import { Spawner, type SpawnOrder } from './spawner.ts';

/** The processes that this one has started. */
function childrenOfThis(): readonly number[] {
  const { pid } = process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children
    .split(' ')
    .map(Number)
    .filter((child) => child > 0);
}

/** Prints the process that started it, which is the spawner's. */
const NAME_PARENT = 'echo $PPID';

test('output comes whole per stream, and the end tells the code', async () => {
  await using spawner = new Spawner(new ManualClock());
  const printed = { stdout: '', stderr: '' };
  const spawned = await spawner.start(shell('printf out; printf err >&2; exit 3'), (stream, chunk) => {
    printed[stream] += Buffer.from(chunk).toString();
  });
  const end = await spawned.ended;
  await spawned.closed;
  assert.deepEqual(printed, { stdout: 'out', stderr: 'err' });
  assert.ok(end.kind === 'ended' && end.code === 3);
});

test('a program that is not there is told as not started', async () => {
  await using spawner = new Spawner(new ManualClock());
  const order = { ...shell(''), command: ['/no/such/program'] };
  const spawned = await spawner.start(order, () => undefined);
  assert.match(JSON.stringify(await spawned.ended), /not-started.*ENOENT/);
});

/** Has a program print its variables, and tells what the end of the spawner has left in the cache. */
const WITH_CACHE = `
  import { readdirSync } from 'node:fs';
  import { getCompileCacheDir } from 'node:module';
  import { ManualClock } from '${new URL('../base/manual-clock.ts', import.meta.url).href}';
  import { Spawner } from '${new URL('./spawner.ts', import.meta.url).href}';
  const spawner = new Spawner(new ManualClock());
  const flags = { isHanded: false, namesChild: false, ownSession: false };
  const order = { command: ['/usr/bin/env'], variables: { MINE: 'yes' }, workingDirectory: '/', ...flags };
  const program = await spawner.start(order, (_, chunk) => process.stdout.write(chunk));
  await program.closed;
  await spawner[Symbol.asyncDispose]();
  console.log(readdirSync(getCompileCacheDir()).length + ' files');`;

test('the process finds its compiled code in the cache of the platform, which is no variable of its programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spawner-cache-'));
  try {
    const env = { ...process.env, NODE_COMPILE_CACHE: folder };
    const words = ['--input-type=module', '--eval', WITH_CACHE];
    const printed = execFileSync(process.execPath, words, { env, encoding: 'utf8' });
    assert.match(printed, /^MINE=yes\n[1-9]\d* files\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the process of the spawner goes when it is idle, and comes again with the next order', async () => {
  const clock = new ManualClock();
  await using spawner = new Spawner(clock);
  const first = await parentNamed(spawner);
  assert.equal(await parentNamed(spawner), first, 'it stays between orders');
  clock.advance(10_000);
  const second = await parentNamed(spawner);
  assert.ok(second > 0, 'an order given while it goes is carried out');
  assert.notEqual(second, first);
});

test('a process that is woken takes the first order, and goes when none comes', async () => {
  const clock = new ManualClock();
  await using spawner = new Spawner(clock);
  spawner.wake();
  const [woken = 0, ...others] = childrenOfThis();
  assert.deepEqual(others, []);
  assert.equal(await parentNamed(spawner), woken);
  clock.advance(10_000);
  spawner.wake();
  const unused = childrenOfThis().find((pid) => pid !== woken) ?? 0;
  clock.advance(10_000);
  while (childrenOfThis().includes(unused)) await sleep(5);
  assert.notEqual(await parentNamed(spawner), unused);
});

test(
  'what a lost spawner process ran is told as ended, and the next start works',
  { timeout: 20_000 },
  async () => {
    await using spawner = new Spawner(new ManualClock());
    const pid = await parentNamed(spawner);
    const spawned = await spawner.start(shell('sleep 1000'), () => undefined);
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await spawned.ended, { kind: 'ended', code: null, signal: 'SIGKILL' });
    await spawned.closed;
    // Its program lost the parent that would end it: this test ends it itself.
    process.kill(spawned.pid, 'SIGKILL');
    const next = await parentNamed(spawner);
    assert.ok(next > 0 && next !== pid);
  },
);

test('a platform that is killed leaves nothing behind', { timeout: 20_000 }, async () => {
  const script = `
    import { Spawner } from ${JSON.stringify(new URL('./spawner.ts', import.meta.url).href)};
    import { ManualClock } from ${JSON.stringify(new URL('../base/manual-clock.ts', import.meta.url).href)};
    const order = ${JSON.stringify(shell('echo $$ $PPID; exec sleep 1000'))};
    await new Spawner(new ManualClock()).start(order, (stream, chunk) => process.stdout.write(chunk));`;
  const platform = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = (await once(platform.stdout, 'data')) as [Buffer];
  const pids = chunk.toString().trim().split(' ').map(Number);
  assert.equal(pids.length, 2);
  const closed = once(platform, 'close');
  const gone = Promise.all(pids.map(untilGone));
  platform.kill('SIGKILL');
  await closed;
  await gone;
});

function shell(script: string): SpawnOrder {
  const command = ['/bin/sh', '-c', script];
  const variables = { PATH: '/usr/bin:/bin' };
  return { command, variables, workingDirectory: '/', isHanded: false, namesChild: false, ownSession: false };
}

async function parentNamed(spawner: Spawner): Promise<number> {
  let text = '';
  const spawned = await spawner.start(shell(NAME_PARENT), (_stream, chunk) => {
    text += Buffer.from(chunk).toString();
  });
  await spawned.closed;
  return Number(text);
}

/** Resolves when the process runs no more; the test's limit ends a wait in vain. */
async function untilGone(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((resolve) => setImmediate(resolve));
}

function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
