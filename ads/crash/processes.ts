import { readdirSync, readFileSync } from 'node:fs';

/** Processes below the platform in which a function of Node runs. */
export function environmentsOf(platformPid: number): readonly number[] {
  const parents = parentsOfAll();
  const isBelow = (pid: number): boolean => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at))
      if (at === platformPid) return true;
    return false;
  };
  return [...parents.keys()].filter((pid) => isBelow(pid) && /bootstrap\.cjs|runtime\//.test(commandOf(pid)));
}

/** Processes that `parentPid` has started itself. */
export function childrenOf(parentPid: number): readonly number[] {
  return [...parentsOfAll()].filter(([, parent]) => parent === parentPid).map(([pid]) => pid);
}

/** Tells a process; one that is gone already cannot be told. */
export function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined && pid > 1) process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function parentsOfAll(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  return parents;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
