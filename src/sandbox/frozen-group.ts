import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the freezer of control groups, version 1, is mounted; undefined where there is none. */
function freezerMount(): string | undefined {
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(' '));
  return fields.find(
    ([, , kind, options]) => kind === 'cgroup' && options?.split(',').includes('freezer'),
  )?.[1];
}

/**
 * Lets a process go on that its control group keeps frozen: the first version of control groups keeps even
 * SIGKILL from a frozen process. Harmless where nothing is frozen, or the process is gone.
 */
export function thawGroupOf(pid: number): void {
  try {
    const group = /^\d+:freezer:(\/.+)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
    const mount = group === undefined ? undefined : freezerMount();
    if (mount !== undefined && group !== undefined) thaw(join(mount, group));
  } catch {
    // No such process, or no such files on this system.
  }
}

/** Lets everything go on below this freezer group. */
export function thawGroupsIn(group: string): void {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory()) thaw(join(group, entry.name));
    }
  } catch {
    // It has gone in the meantime.
  }
}

function thaw(group: string): void {
  const file = join(group, 'freezer.state');
  if (existsSync(file)) writeFileSync(file, 'THAWED');
}
