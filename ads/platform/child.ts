import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to start a companion process that may outlive a killed parent. */
export interface ChildOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Everything it says goes here. */
  readonly logFile: string;
  /** Remembers its number, so that the next start finds it. */
  readonly pidFile: string;
}

/** A running companion. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Asks it to end, insists after `patienceMs`, and resolves when it is gone. */
  stop(patienceMs?: number): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** Starts the process in a session of its own: a Ctrl-C on the terminal reaches only us, and we end it in order. */
export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(options.command, options.arguments, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.variables },
  });
  closeSync(log);
  child.unref();
  if (child.pid !== undefined) writeFileSync(options.pidFile, String(child.pid));
  const ended = end(child).then((failure) => failure ?? lastWords(options.logFile));
  return { pid: child.pid ?? 0, ended, stop: (patienceMs) => stop(child, ended, options, patienceMs) };
}

/** Answers what kept it from starting, if that is why it ended. */
function end(child: ChildProcess): Promise<string | undefined> {
  return once(child, 'exit').then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function stop(
  child: ChildProcess,
  ended: Promise<string>,
  options: ChildOptions,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  child.kill('SIGTERM');
  const gone = await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })]);
  if (gone === undefined) child.kill('SIGKILL');
  await ended;
  rmSync(options.pidFile, { force: true });
}

/** Ends the companion that a killed parent left behind, if it still runs: its command line must hold `mark`. */
export async function stopLeftOver(pidFile: string, mark: string): Promise<void> {
  const pid = leftOver(pidFile, mark);
  if (pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      if (leftOver(pidFile, mark) === undefined) return;
      await sleep(20);
    }
  }
}

/** The number in `pidFile` if the process of that number still is the one meant. */
export function leftOver(pidFile: string, mark: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    if (!Number.isSafeInteger(pid) || pid < 2) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return command.some((word) => word.includes(mark)) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function lastWords(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' ');
}
