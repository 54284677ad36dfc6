import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, type Clock } from '../../base/clock.ts';
import type { CpuSharing, GroupValue } from './cpu-share.ts';
import { thawGroupsIn } from '../frozen-group.ts';

/** What one environment may use. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Its share of the processors. */
  readonly cpuCores: number;
}

/** What control groups are made with. */
export interface CgroupOptions {
  /** The platform's process. */
  readonly pid: number;
  readonly clock: Clock;
  readonly cpuSharing: CpuSharing;
}

/** Memory of a group. */
export interface GroupMemory {
  readonly privateBytes: number;
  readonly sharedBytes: number;
}

/** The group of one environment. */
export interface Cgroup {
  /** Files into which a process writes its own number to join. */
  readonly joinFiles: readonly string[];
  /** Bounds what its processes may use from now on. */
  limit(limits: CgroupLimits): void;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  pids(): Promise<number[]>;
  peakBytes(): number;
  /** What its processes hold now: of their own, and in memory that can be shared, files in memory included. */
  memory(): Promise<GroupMemory>;
  /** True when the kernel ended a process of the group because memory ran out. */
  ranOutOfMemory(): Promise<boolean>;
  /** Ends what is left in the group, and the group. */
  remove(): Promise<void>;
}

/** Where the groups of this platform are made. */
export interface CgroupParent {
  /** What it limits, in words for an operator. */
  readonly description: string;
  /** A new group without limits. */
  make(name: string): Promise<Cgroup>;
  remove(): Promise<void>;
}

/** Groups of a platform carry the number of its process, so that those of one that was killed can be told apart. */
export function platformGroupName(pid: number): string {
  return `millrace-${pid}`;
}

/** Removes below `root` the groups of platforms that are gone. */
export async function sweepLeftGroups(root: string, clock: Clock): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const pid = Number(/^millrace-(\d+)$/.exec(name)?.[1] ?? 0);
    if (pid === 0 || isRunning(pid)) continue;
    const group = join(root, name);
    thawGroupsIn(group);
    await removeGroups(group, clock);
  }
}

/** Removes a group with all groups in it, the innermost first. */
async function removeGroups(group: string, clock: Clock): Promise<void> {
  const children = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const child of children) if (child.isDirectory()) await removeGroups(join(group, child.name), clock);
  await removeGroup(group, clock);
}

/** The processes of a group. */
export async function groupPids(group: string): Promise<number[]> {
  const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

const REMOVAL_ROUNDS = 500;
const REMOVAL_PAUSE_MS = 2;

/** Removes a group, ending what is left in it; a group can go only when the kernel has let its processes go. */
export async function removeGroup(group: string, clock: Clock): Promise<void> {
  for (let round = 0; round < REMOVAL_ROUNDS; round += 1) {
    const removed = await rmdir(group).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (removed) return;
    for (const pid of await groupPids(group)) endProcess(pid);
    await sleep(clock, REMOVAL_PAUSE_MS);
  }
}

/** Makes the group's folder; it may be there. */
export async function makeGroup(group: string): Promise<void> {
  await mkdir(group, { recursive: true });
}

/** Writes one value of a group. */
export async function setValue(group: string, file: string, value: string | number): Promise<void> {
  await writeFile(join(group, file), String(value));
}

/** Writes values that the kernel takes at once, without asking another thread to: that takes longer than they do. @throws when it does not take one. */
export function setValues(group: string, values: readonly GroupValue[]): void {
  for (const { file, value } of values) writeFileSync(join(group, file), value);
}

/** The number behind `name` in a file of lines `name number`; 0 when it is not there. */
export async function counter(group: string, file: string, name: string): Promise<number> {
  return numberAfter(await readFile(join(group, file), 'utf8').catch(() => ''), name);
}

/** From the group's `memory.stat`, where each version has its own word for what is private. */
export async function groupMemory(group: string, privateName: 'rss' | 'anon'): Promise<GroupMemory> {
  const text = await readFile(join(group, 'memory.stat'), 'utf8').catch(() => '');
  return { privateBytes: numberAfter(text, privateName), sharedBytes: numberAfter(text, 'shmem') };
}

function numberAfter(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

/** A file that holds one number, known without looking for it; 0 when it is not there. */
export function numberIn(group: string, file: string): number {
  try {
    return Number(readFileSync(join(group, file), 'utf8').trim());
  } catch {
    return 0;
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
