import { readdirSync, readFileSync } from 'node:fs';

/** What waits for a function, programs and shells that are to become some: it comes and goes as the platform sees fit. */
export interface StartedAhead {
  readonly pids: ReadonlySet<number>;
  /** The first twelve digits of their environments' ids: folders are named by them. */
  readonly ids: readonly string[];
  /** Of how many the Runtime API is open. */
  readonly apis: number;
}

/** Finds them among a platform's processes: as long as they are nobody's, there is no code in them. */
export function startedAhead(pids: readonly number[]): StartedAhead {
  const found = new Set<number>();
  const ids = new Set<string>();
  let apis = 0;
  for (const pid of pids) {
    if (isWaitingShell(pid)) found.add(pid);
    const id = idOfEmpty(pid);
    if (id === undefined) continue;
    if (!ids.has(id) && textOf(pid, 'environ').includes('AWS_LAMBDA_RUNTIME_API=')) apis += 1;
    ids.add(id);
    for (let at = pid; at !== 0 && !found.has(at) && isOfWalls(at, pid); at = parentOf(at)) found.add(at);
  }
  return { pids: found, ids: [...ids], apis };
}

/** It has joined its groups, and waits for the line that says what it becomes. */
function isWaitingShell(pid: number): boolean {
  return /^\/bin\/sh\0-c\0ulimit .*IFS= read -r line/.test(textOf(pid, 'cmdline'));
}

function idOfEmpty(pid: number): string | undefined {
  try {
    if (readdirSync(`/proc/${pid}/root/var/task`).length > 0) return undefined;
  } catch {
    return undefined; // No environment, or gone.
  }
  return /\/([0-9a-f]{12})-s /.exec(textOf(pid, 'mountinfo'))?.[1];
}

/** The process itself, and bubblewrap around it. */
function isOfWalls(pid: number, inner: number): boolean {
  return pid === inner || textOf(pid, 'cmdline').startsWith('bwrap\0');
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(textOf(pid, 'status'))?.[1] ?? 0);
}

function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
