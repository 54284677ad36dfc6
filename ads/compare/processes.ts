import { readdirSync, readFileSync } from 'node:fs';

/** Jiffies a second, as Linux reports processor time to every program. */
const JIFFIES_PER_S = 100;

/** A process and all that descend from it, as far as they run now. */
export function familyOf(root: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(statOf(Number(name))[1] ?? -1)] as const);
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

/** Processor time of these processes and of those of their children that have ended, in seconds. */
export function cpuSeconds(pids: readonly number[]): number {
  const jiffies = pids.flatMap((pid) => statOf(pid).slice(11, 15).map(Number));
  return jiffies.reduce((sum, part) => sum + part, 0) / JIFFIES_PER_S;
}

/** Memory of these processes, what they share with others counted in part, in megabytes. */
export function memoryMb(pids: readonly number[]): number {
  return (pids.reduce((sum, pid) => sum + pssKb(pid), 0) * 1024) / 1e6;
}

/** The words of a process's command line; none when it has ended. */
export function commandOf(pid: number): readonly string[] {
  return textOf(pid, 'cmdline').split('\0');
}

function pssKb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(textOf(pid, 'smaps_rollup'))?.[1] ?? 0);
}

/** What Linux says of a process behind its name: state, parent … */
function statOf(pid: number): readonly string[] {
  return textOf(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
}

function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
