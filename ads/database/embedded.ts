import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { placeOf, type Place } from './place.ts';
import { runningServer } from './postmaster-file.ts';
import { readSecrets, writeSecrets, type Secrets } from './secrets.ts';
import { identity, lastLine, startServer, unavailable, type EmbeddedOptions } from './server-process.ts';

/** A PostgreSQL server of our own. */
export interface EmbeddedServer {
  /** For the role that owns the database `ads` and is no superuser: it changes the schema. */
  readonly ownerUrl: string;
  /** For the role that everything else works as: it cannot change or remove what stands in the ledger. */
  readonly url: string;
  readonly pid: number;
  /** It was not started now. */
  readonly ranBefore: boolean;
  /** Ends sessions, writes everything down, and waits until the server is gone. */
  stop(): Promise<void>;
}

const ADOPT_TRIES = 50;
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
  const secrets = { ...newSecrets(), ...known };
  if (known === undefined || !existsSync(place.dataDirectory)) await initialise(directory, place, secrets);
  const running = await adoptOrStart(place, secrets, options);
  writeSecrets(directory, { ...secrets, port: running.port });
  const urlOf = (role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${running.port}/ads`;
  return {
    ownerUrl: urlOf('ads', secrets.password),
    url: urlOf('ads_app', secrets.appPassword),
    pid: running.pid,
    ranBefore: running.ranBefore,
    stop: () => stop(place.dataDirectory, running.pid),
  };
}

/** A server that still runs may be about to end, or not ready yet: then it is looked at again. */
async function adoptOrStart(
  place: Place,
  secrets: WholeSecrets,
  options: EmbeddedOptions,
): Promise<{ pid: number; port: number; ranBefore: boolean }> {
  for (let tried = 1; ; tried += 1) {
    const before = runningServer(place.dataDirectory);
    const running = before ?? (await startServer(place, secrets.port, options));
    try {
      await prepareRoles(secrets, running.port);
      return { ...running, ranBefore: before !== undefined };
    } catch (error) {
      if (tried === ADOPT_TRIES || !isPassing(error)) throw unavailable(String(error));
      await sleep(200);
    }
  }
}

function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ECONNREFUSED', 'ECONNRESET', 'CONNECTION_CLOSED', '57P03'].includes(code);
}

type WholeSecrets = Required<Secrets>;

function newSecrets(): WholeSecrets {
  const password = (): string => randomBytes(24).toString('base64url');
  return { superuserPassword: password(), password: password(), appPassword: password(), port: 0 };
}

/**
 * Makes a new data directory beside its place and moves it there when it is whole. Data that are there without
 * remembered secrets can be opened by nobody: they are moved aside, never removed.
 */
async function initialise(directory: string, place: Place, secrets: Secrets): Promise<void> {
  const making = `${place.dataDirectory}.making`;
  rmSync(making, { recursive: true, force: true });
  makeData(place, making, secrets);
  const abandoned = runningServer(place.dataDirectory);
  if (abandoned !== undefined) await stop(place.dataDirectory, abandoned.pid);
  if (existsSync(place.dataDirectory)) {
    renameSync(place.dataDirectory, `${place.dataDirectory}.aside-${Date.now()}`);
  }
  writeSecrets(directory, secrets);
  renameSync(making, place.dataDirectory);
}

function makeData(place: Place, target: string, secrets: Secrets): void {
  const passwordFile = join(place.dataDirectory, '..', 'password');
  writeFileSync(passwordFile, secrets.superuserPassword, { mode: 0o600 });
  if (place.account) chownSync(passwordFile, place.account.uid, place.account.gid);
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--username=postgres'];
  const made = spawnSync(
    join(place.binaries, 'bin', 'initdb'),
    [...flags, `--pwfile=${passwordFile}`, `--pgdata=${target}`],
    { ...identity(place), encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) throw unavailable(`initdb failed: ${lastLine(made.stderr ?? String(made.error))}`);
}

/** Nobody works as the superuser, who could run programs as the server's user. */
async function prepareRoles(secrets: WholeSecrets, port: number): Promise<void> {
  const url = `postgres://postgres:${secrets.superuserPassword}@127.0.0.1:${port}/postgres`;
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await prepareRole(sql, 'ads', secrets.password);
    await prepareRole(sql, 'ads_app', secrets.appPassword);
    const databases = await sql`SELECT 1 FROM pg_database WHERE datname = 'ads'`;
    if (databases.length === 0) await sql.unsafe('CREATE DATABASE ads OWNER ads');
  } finally {
    await sql.end();
  }
}

async function prepareRole(sql: postgres.Sql, name: string, password: string): Promise<void> {
  const roles = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${name}`;
  if (roles.length === 0) await sql.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
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
