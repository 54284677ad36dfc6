import { readdirSync, readFileSync } from 'node:fs';
import type { BenchPlatform } from './platform.ts';

/** Jiffies a second, as Linux reports processor time to every program. */
export const JIFFIES_PER_S = 100;

/** Memory and processor time of the platform's whole process tree. */
export function usage(platform: BenchPlatform): { pssMb: number; jiffies: number } {
  let memoryKb = 0;
  let jiffies = 0;
  for (const pid of tree(platform.child.pid ?? 0)) {
    memoryKb += pssKb(pid);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    jiffies += Number(fields[11]) + Number(fields[12]);
  }
  return { pssMb: (memoryKb * 1024) / 1e6, jiffies };
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
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return -1;
  }
}
