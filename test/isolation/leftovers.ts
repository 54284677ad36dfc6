import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { processTree } from '../../src/sandbox/process-tree.ts';
import { pause } from '../../src/sandbox/contract.ts';
import type { Ground } from './ground.ts';
import { startedAhead } from './started-ahead.ts';

/** What a platform has on its machine beside itself. */
export interface Leftovers {
  /** Command lines of processes that it started. */
  readonly processes: readonly string[];
  readonly groups: readonly string[];
  /** Names in its folder of short-lived files. */
  readonly files: readonly string[];
  /** On its folders. */
  readonly mounts: readonly string[];
  /** Sockets on which it listens. */
  readonly listening: number;
}

/** Makes pipes for the outputs of the next programs, for a moment; of no environment. */
const PIPE_MAKER = 'mkfifo ';

/** Looks at all of it, but for programs that were started ahead and are nobody's yet. */
export async function leftovers({ platform, dataDirectory }: Ground): Promise<Leftovers> {
  const pid = platform.processId;
  const runFolder = readFileSync(join(dataDirectory, 'run-folder'), 'utf8');
  const pids = await processTree(pid);
  const ahead = startedAhead(pids);
  const isAhead = (path: string): boolean => ahead.ids.some((id) => path.includes(id));
  return {
    processes: pids
      .filter((one) => !ahead.pids.has(one))
      .map(commandLine)
      .filter((line) => line !== '' && !line.startsWith(PIPE_MAKER)),
    groups: groupsOf(pid).filter((group) => !holdsOnly(group, ahead.pids)),
    files: readdirSync(runFolder).filter((name) => !isAhead(name)),
    mounts: readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => [runFolder, dataDirectory, `-${pid}-`].some((own) => line.includes(own))),
    listening: listeningSockets(pid) - ahead.apis,
  };
}

/** Waits until what is left is what there was before; the last difference if that does not come about. */
export async function settled(ground: Ground, before: Leftovers): Promise<Leftovers> {
  let now = await leftovers(ground);
  for (let look = 0; look < 200 && JSON.stringify(now) !== JSON.stringify(before); look += 1) {
    await pause(25);
    now = await leftovers(ground);
  }
  return now;
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200);
  } catch {
    return ''; // It ended between the two looks.
  }
}

/** Control groups of the platform, in every tree. */
function groupsOf(pid: number): string[] {
  const root = '/sys/fs/cgroup';
  const trees = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [];
  const parents = [root, ...trees].map((tree) => join(tree, `millrace-${pid}`)).filter(existsSync);
  return parents.flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name)),
  );
}

/** True when there are processes in a control group, and all of them are among these. */
function holdsOnly(group: string, pids: ReadonlySet<number>): boolean {
  try {
    const held = readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
    return held.length > 0 && held.every((pid) => pids.has(Number(pid)));
  } catch {
    return true; // It went between the two looks.
  }
}

function listeningSockets(pid: number): number {
  const held = new Set<string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    try {
      held.add(readlinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // It was closed between the two looks.
    }
  }
  const tcp = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const listening = tcp.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === '0A');
  return listening.filter((fields) => held.has(`socket:[${fields[9] ?? ''}]`)).length;
}
