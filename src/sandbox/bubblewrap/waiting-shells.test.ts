import assert from 'node:assert/strict';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../../base/manual-clock.ts';
import { Spawner } from '../spawner.ts';
import type { Cgroup, CgroupParent } from './cgroup.ts';
import { HANDED_DESCRIPTOR, WaitingShells } from './waiting-shells.ts';

test('a shell joins its group, opens files, and becomes a command that reads the rest', async () => {
  await using ground = await openGround();
  const words = ["it's", 'two\nlines', '$HOME `id`', ''];
  const file = join(ground.folder, "a 'file'");
  await writeFile(file, 'from the file');
  const printed = await ground.run(
    [
      '/bin/sh',
      '-c',
      `printf '%s|' "$@"; cat <&5; cat <&${HANDED_DESCRIPTOR}; ulimit -n; ulimit -c`,
      'sh',
      ...words,
    ],
    [{ path: file, descriptor: 5 }],
    'the rest\n',
  );
  assert.equal(printed, `${words.join('|')}|from the filethe rest\n1024\n0\n`);
  const [joined] = ground.groups;
  assert.ok(Number(await readFile(joined?.joinFiles[0] ?? '', 'utf8')) > 0);
});

test('the next shells join while nobody waits, are taken first, and go when no start comes', async () => {
  await using ground = await openGround();
  await ground.run(['/bin/true'], [], '');
  ground.shells.refill();
  await ground.untilGroups(5);
  await until(async () => {
    const before = ground.groups.length;
    assert.equal(await ground.run(['/bin/echo', 'one'], [], ''), 'one\n');
    return ground.groups.length === before;
  });
  ground.shells.refill();
  await ground.untilGroups(6);
  ground.clock.advance(10_000);
  await ground.untilRemoved(1);
});

test('a shell that is killed while it waits is handed to nobody', async () => {
  await using ground = await openGround();
  ground.shells.refill();
  await ground.untilGroups(4);
  for (const group of ground.groups) {
    const pid = await joinedPid(group);
    process.kill(pid, 'SIGKILL');
  }
  await ground.untilRemoved(4);
  assert.equal(await ground.run(['/bin/echo', 'a new one'], [], ''), 'a new one\n');
});

test('a shell that cannot join says so, and what it was to become does not run', async () => {
  await using ground = await openGround('/no/such/folder/cgroup.procs');
  const shell = await ground.shells.take(() => undefined);
  shell.become(['/bin/true'], [], '');
  assert.deepEqual(await shell.spawned.ended, { kind: 'ended', code: 97, signal: null });
});

interface Ground extends AsyncDisposable {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly shells: WaitingShells;
  readonly groups: readonly Cgroup[];
  untilGroups(count: number): Promise<void>;
  untilRemoved(count: number): Promise<void>;
  /** What the command prints, once it has ended. */
  run(...become: Parameters<Awaited<ReturnType<WaitingShells['take']>>['become']>): Promise<string>;
}

/** Groups that are plain files: what matters here is that they are written by the shell. */
async function openGround(joinFile?: string): Promise<Ground> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'millrace-shells-test-'));
  const clock = new ManualClock();
  const spawner = new Spawner(clock);
  const groups: Cgroup[] = [];
  let removed = 0;
  const cgroups: CgroupParent = {
    description: 'files',
    remove: async () => undefined,
    make: async (name) => {
      const group = fileGroup(joinFile ?? join(folder.path, name), () => (removed += 1));
      groups.push(group);
      return group;
    },
  };
  const shells = new WaitingShells({ spawner, clock, cgroups, name: 'group' });
  return {
    ...{ folder: folder.path, clock, shells, groups },
    untilGroups: (count) => until(() => groups.length >= count),
    untilRemoved: (count) => until(() => removed >= count),
    run: async (...become) => {
      let printed = '';
      const shell = await shells.take((_stream, chunk) => (printed += Buffer.from(chunk).toString()));
      shell.become(...become);
      await shell.spawned.closed;
      return printed;
    },
    [Symbol.asyncDispose]: async () => {
      await shells[Symbol.asyncDispose]();
      await spawner[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

function fileGroup(joinFile: string, onRemoved: () => void): Cgroup {
  const nothing = async (): Promise<void> => undefined;
  return {
    ...{ joinFiles: [joinFile], limit: () => undefined, freeze: nothing, thaw: nothing },
    ...{ pids: async () => [], peakBytes: () => 0, ranOutOfMemory: async () => false },
    memory: async () => ({ privateBytes: 0, sharedBytes: 0 }),
    remove: async () => onRemoved(),
  };
}

async function joinedPid({ joinFiles }: Cgroup): Promise<number> {
  let pid = 0;
  await until(async () => {
    pid = Number(await readFile(joinFiles[0] ?? '', 'utf8').catch(() => ''));
    return pid > 0;
  });
  return pid;
}

/** The test's own limit ends a wait in vain. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
}
