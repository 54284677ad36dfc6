import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../platform/free-port.ts';
import type { Place } from './place.ts';
import { DatabaseUnavailable } from './unavailable.ts';

/** How the server runs. `fast` gives up durability; for tests that do not ask for it. */
export interface EmbeddedOptions {
  readonly fast?: boolean;
}

const START_TRIES = 20;

/**
 * Starts PostgreSQL on the data of `place`, on the remembered port if it is free; resolves when it takes connections.
 * Throws DatabaseUnavailable.
 */
export async function startServer(
  place: Place,
  rememberedPort: number,
  options: EmbeddedOptions,
): Promise<{ pid: number; port: number }> {
  let port = rememberedPort || (await freePort());
  for (let tried = 1; ; tried += 1) {
    const outcome = await startOnce(place, port, options);
    if (outcome.kind === 'ready') return { pid: outcome.pid, port };
    if (tried === START_TRIES || outcome.kind === 'broken') throw unavailable(outcome.why);
    if (outcome.kind === 'port-taken') port = await freePort();
    else await sleep(500);
  }
}

type StartOutcome =
  | { readonly kind: 'ready'; readonly pid: number }
  /** Processes of a killed server still hold its shared memory; they leave by themselves. */
  | { readonly kind: 'still-held'; readonly why: string }
  | { readonly kind: 'port-taken'; readonly why: string }
  | { readonly kind: 'broken'; readonly why: string };

async function startOnce(place: Place, port: number, options: EmbeddedOptions): Promise<StartOutcome> {
  const logFile = join(place.dataDirectory, '..', 'postgres.log');
  const log = openSync(logFile, 'w', 0o600);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(options.fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // A session of its own: a Ctrl-C on the terminal must not end it before its clients.
  const child = spawn(
    join(place.binaries, 'bin', 'postgres'),
    ['-D', place.dataDirectory, '-p', String(port), ...flags],
    { ...identity(place), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  child.unref();
  const ended = once(child, 'exit').then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  while (!isReady(place.dataDirectory, child.pid ?? 0)) {
    if ((await Promise.race([ended, sleep(20)])) === 'ended') return whyEnded(logFile);
  }
  return { kind: 'ready', pid: child.pid ?? 0 };
}

/** The pid file of this very server says `ready` in its line 8 once connections are taken. */
function isReady(dataDirectory: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function whyEnded(logFile: string): StartOutcome {
  const text = readFileSync(logFile, 'utf8');
  const why = text.split('\n').find((line) => line.includes('FATAL')) ?? lastLine(text);
  if (/shared memory block|lock file .* already exists/.test(text)) return { kind: 'still-held', why };
  if (/could not create any TCP\/IP sockets|Address already in use/.test(text))
    return { kind: 'port-taken', why };
  return { kind: 'broken', why };
}

/** As whom and where PostgreSQL's programs run. */
export function identity(place: Place): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  const home = join(place.dataDirectory, '..');
  return { cwd: home, env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: home }, ...place.account };
}

/** One line that says why there is no embedded database, and what to do. */
export function unavailable(why: string): DatabaseUnavailable {
  return new DatabaseUnavailable(
    `The embedded PostgreSQL does not start (${why.trim()}): set DATABASE_URL to a server of yours, or choose another --data DIR.`,
  );
}

/** The last line of what a program said. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
