import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { pssKb, tree } from '../usage.ts';
import type { Built } from './languages.ts';
import { StartStreams } from './streams.ts';

/** So many that the platform has what it keeps for good. */
const WARMING_UP = 200;
/** Longer than shells that wait, and after them the spawner, stay without work, and than `fetch` keeps a connection. */
const REST_MS = 27_000;

/** What the machine holds of a platform that rests. */
interface Held {
  readonly processes: number;
  readonly descriptors: number;
  readonly groups: number;
  readonly files: number;
  readonly mounts: number;
  readonly memoryKb: number;
}

/** What the machine holds of the platform after starts, beyond what it held before: nothing is left of them. */
export async function afterManyStarts(built: Built, count: number): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start(['--idle', '0']);
  const streams = await StartStreams.open(built, platform);
  await streams.start(WARMING_UP);
  const before = await heldAtRest(platform);
  await streams.start(count);
  const after = await heldAtRest(platform);
  const kinds = ['processes', 'descriptors', 'groups', 'files', 'mounts'] as const;
  const left = kinds.reduce((sum, kind) => sum + Math.max(0, after[kind] - before[kind]), 0);
  const name = `left of ${count} starts: ${kinds.join(', ')}`;
  const perStart = ((after.memoryKb - before.memoryKb) * 1024) / count;
  return [
    { name, value: left, unit: '', target: '0', kept: left === 0 },
    {
      ...{ name: `memory of the platform for each of ${count} starts`, value: rounded(perStart) },
      ...{ unit: 'B', target: 'told', kept: true },
    },
  ];
}

async function heldAtRest(platform: BenchPlatform): Promise<Held> {
  await pause(REST_MS);
  const pids = tree(platform.child.pid ?? 0);
  const folders = foldersOf(platform, pids);
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return {
    processes: pids.length,
    descriptors: pids.reduce((sum, pid) => sum + namesIn(`/proc/${pid}/fd`).length, 0),
    groups: namesIn('/sys/fs/cgroup').reduce(
      (sum, name) => sum + groupsIn(join('/sys/fs/cgroup', name), pids),
      0,
    ),
    files: folders.reduce((sum, folder) => sum + readdirSync(folder, { recursive: true }).length, 0),
    mounts: mounts.filter((line) => folders.some((folder) => line.includes(folder))).length,
    memoryKb: pids.reduce((sum, pid) => sum + pssKb(pid), 0),
  };
}

/** Where the platform keeps short-lived files. */
function foldersOf(platform: BenchPlatform, pids: readonly number[]): readonly string[] {
  const isOwn = (name: string): boolean => pids.some((pid) => name.includes(`-${pid}-`));
  const own = ['/tmp', '/dev/shm'].flatMap((parent) =>
    namesIn(parent)
      .filter(isOwn)
      .map((name) => join(parent, name)),
  );
  const runFolder = readFileSync(join(platform.dataFolder, 'run-folder'), 'utf8');
  return [...own, runFolder];
}

function groupsIn(controller: string, pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + namesIn(join(controller, `millrace-${pid}`)).length, 0);
}

/** None when it is not there, or not any more. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
