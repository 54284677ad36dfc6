import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { placeOf, readSecrets, writeSecrets, type Place, type Secrets } from './place.ts';
import { runningServer } from './postmaster-file.ts';
import { DatabaseUnavailable } from './unavailable.ts';

/** A PostgreSQL server of our own. */
export interface EmbeddedServer {
  /** For the application's role, which owns the database `ads` and is no superuser. */
  readonly url: string;
  readonly pid: number;
  /** Ends sessions, writes everything down, and waits until the server is gone. */
  stop(): Promise<void>;
}

/** How the server runs. `fast` gives up durability; for tests that do not ask for it. */
export interface EmbeddedOptions {
  readonly fast?: boolean;
}

const START_TRIES = 20;
const STOP_WAIT_MS = 20_000;

/**
 * Starts the embedded PostgreSQL that keeps its data for `directory`, or takes over the one that still runs there
 * after its parent was killed. It listens on 127.0.0.1 only (a sandboxed function sees no socket file of the host)
 * with random passwords. Throws DatabaseUnavailable.
 */
export async function startEmbedded(
  directory: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedServer> {
  const place = placeOf(directory);
  const known = readSecrets(directory);
  const secrets = known ?? newSecrets();
  if (known === undefined) await initialise(directory, place, secrets);
  const running = runningServer(place.dataDirectory) ?? (await start(place, secrets, options));
  writeSecrets(directory, { ...secrets, port: running.port });
  await prepareRole(secrets, running.port);
  return {
    url: `postgres://ads:${secrets.password}@127.0.0.1:${running.port}/ads`,
    pid: running.pid,
    stop: () => stop(place.dataDirectory, running.pid),
  };
}

function newSecrets(): Secrets {
  const password = (): string => randomBytes(24).toString('base64url');
  return { superuserPassword: password(), password: password(), port: 0 };
}

/**
 * Makes a new data directory. One that is there without remembered secrets can be opened by nobody: its making was
 * cut short, or the data that it belonged to were removed.
 */
async function initialise(directory: string, place: Place, secrets: Secrets): Promise<void> {
  const abandoned = runningServer(place.dataDirectory);
  if (abandoned !== undefined) await stop(place.dataDirectory, abandoned.pid);
  rmSync(place.dataDirectory, { recursive: true, force: true });
  const passwordFile = join(place.dataDirectory, '..', 'password');
  writeFileSync(passwordFile, secrets.superuserPassword, { mode: 0o600 });
  if (place.account) chownSync(passwordFile, place.account.uid, place.account.gid);
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--username=postgres'];
  const made = spawnSync(
    join(place.binaries, 'bin', 'initdb'),
    [...flags, `--pwfile=${passwordFile}`, `--pgdata=${place.dataDirectory}`],
    { ...identity(place), encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) throw unavailable(`initdb failed: ${lastLine(made.stderr ?? String(made.error))}`);
  writeSecrets(directory, secrets);
}

function identity(place: Place): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  const home = join(place.dataDirectory, '..');
  return { cwd: home, env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: home }, ...place.account };
}

async function start(
  place: Place,
  secrets: Secrets,
  options: EmbeddedOptions,
): Promise<{ pid: number; port: number }> {
  let port = secrets.port || (await freePort());
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The application works as an ordinary role: a superuser could run programs as the server's user. */
async function prepareRole(secrets: Secrets, port: number): Promise<void> {
  const url = `postgres://postgres:${secrets.superuserPassword}@127.0.0.1:${port}/postgres`;
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const roles = await sql`SELECT 1 FROM pg_roles WHERE rolname = 'ads'`;
    if (roles.length === 0) await sql.unsafe(`CREATE ROLE ads LOGIN PASSWORD '${secrets.password}'`);
    const databases = await sql`SELECT 1 FROM pg_database WHERE datname = 'ads'`;
    if (databases.length === 0) await sql.unsafe('CREATE DATABASE ads OWNER ads');
  } finally {
    await sql.end();
  }
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT follows if it takes too long. */
async function stop(dataDirectory: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (runningServer(dataDirectory)?.pid !== pid) return;
    process.kill(pid, signal);
    const deadline = performance.now() + STOP_WAIT_MS;
    while (performance.now() < deadline && runningServer(dataDirectory)?.pid === pid) await sleep(20);
  }
}

function unavailable(why: string): DatabaseUnavailable {
  return new DatabaseUnavailable(
    `The embedded PostgreSQL does not start (${why.trim()}): set DATABASE_URL to a server of yours, or choose another --data DIR.`,
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
