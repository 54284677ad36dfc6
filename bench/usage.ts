import { readdirSync, readFileSync } from 'node:fs';
import type { BenchPlatform } from './platform.ts';

/** Jiffies a second, as Linux reports processor time to every program. */
export const JIFFIES_PER_S = 100;

/** Memory and processor time of the platform's whole process tree. */
export function usage(platform: BenchPlatform): { pssMb: number; jiffies: number } {
  const root = platform.child.pid ?? 0;
  return { pssMb: memoryMb(root), jiffies: jiffiesOf(root) };
}

/** Memory of a process and all that descend from it. */
export function memoryMb(root: number): number {
  return (tree(root).reduce((sum, pid) => sum + pssKb(pid), 0) * 1024) / 1e6;
}

/** Processor time of a process, all its threads and all that descend from it. */
export function jiffiesOf(root: number): number {
  let jiffies = 0;
  for (const pid of tree(root)) {
    const fields = statOf(pid);
    jiffies += Number(fields[11]) + Number(fields[12]);
  }
  return jiffies;
}

/** Processor time of a process and all its threads, without what descends from it. */
export function ownJiffiesOf(pid: number): number {
  const fields = statOf(pid);
  return Number(fields[11]) + Number(fields[12]);
}

/** Memory of one process, what it shares with others counted in part; 0 when it has ended. */
export function pssKb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // It ended between the two looks.
  }
}

/** A process and all that descend from it. */
export function tree(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** What Linux says of a process behind its name; of one that has ended, that it used nothing and is nobody's child. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return ['X', '-1', ...Array.from({ length: 11 }, () => '0')];
  }
}
