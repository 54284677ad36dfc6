import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { isRunning, processTree, pssBytes, signalAll } from './process-tree.ts';

test('the tree of a process is it and its descendants, parents first', async (context) => {
  const { root, leaf } = await family(context);
  const pids = await processTree(root.pid ?? 0);
  assert.equal(pids[0], root.pid);
  assert.ok(pids.includes(leaf));
  assert.ok(!pids.includes(process.pid));
});

test('the memory of a tree is that of its processes together; the gone count nothing', async (context) => {
  const { root, leaf } = await family(context);
  const one = await pssBytes([leaf]);
  assert.ok(one > 0);
  assert.ok((await pssBytes([root.pid ?? 0, leaf, 2 ** 30])) > one);
  assert.equal(await pssBytes([2 ** 30]), 0);
});

test(
  'a signal reaches every process of the tree, and one that is gone is no failure',
  { timeout: 10_000 },
  async (context) => {
    const { root, leaf } = await family(context);
    const exited = once(root, 'exit');
    assert.ok(await isRunning(leaf));
    signalAll([2 ** 30, root.pid ?? 0, leaf], 'SIGKILL');
    await exited;
    assert.equal(await isRunning(root.pid ?? 0), false);
    // The leaf is no child of this process, which nobody tells of its end; the test's limit ends a wait in vain.
    while (await isRunning(leaf)) await setImmediate();
  },
);

/** A shell that waits for a child of its own. */
async function family(context: TestContext): Promise<{ root: ChildProcess; leaf: number }> {
  const root = spawn('/bin/sh', ['-c', 'sleep 1000 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [chunk] = (await once(root.stdout, 'data')) as [Buffer];
  const leaf = Number(chunk.toString());
  context.after(() =>
    signalAll(
      [root.pid ?? 0, leaf].filter((pid) => pid > 0),
      'SIGKILL',
    ),
  );
  return { root, leaf };
}
