import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, stopLeftOver } from './child.ts';

/** The message platform that the ads are a customer of. */
export interface Platform {
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves if it ends, with its last words. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** The platform did not come up. The message says why, in its own words. */
export class PlatformUnavailable extends Error {}

const START_WAIT_MS = 30_000;

/**
 * Starts `bin/millrace up` on its data in `directory`, and resolves when it answers. Rejects with PlatformUnavailable, also
 * when something else listens on its port: nothing is asked of that.
 */
export async function startPlatform(options: {
  readonly program: string;
  readonly directory: string;
  readonly port: number;
  /** Where it keeps its data, if not below `directory`. */
  readonly data?: string;
}): Promise<Platform> {
  const { program, directory, port, data = join(directory, 'platform') } = options;
  const pidFile = join(directory, 'platform.pid');
  await stopLeftOver(pidFile, data);
  await refuseTaken(port);
  const child = startChild({
    command: program,
    arguments: ['up', '--data', data, '--port', String(port)],
    logFile: join(directory, 'platform.log'),
    pidFile,
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const ended = new AbortController();
  const outcome = await Promise.race([
    child.ended.finally(() => ended.abort()),
    answers(endpoint, ended.signal),
  ]);
  if (outcome === true) return { endpoint, pid: child.pid, ended: child.ended, stop: () => child.stop() };
  if (outcome === false) await child.stop();
  throw new PlatformUnavailable(`The platform did not start: ${outcome || 'it gave no answer'}`);
}

/** Whatever listens there would be taken for the platform: it may be another one, with somebody else's queues. */
async function refuseTaken(port: number): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return;
    const what = `Port ${port} of 127.0.0.1 is taken: stop the program that uses it, or choose another with --port.`;
    throw new PlatformUnavailable(`The platform did not start: ${what}`);
  }
  server.close();
  await once(server, 'close');
}

/** True when anything answers as HTTP at the endpoint, false when nothing did in time. */
async function answers(endpoint: string, ended: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + START_WAIT_MS;
  while (performance.now() < deadline && !ended.aborted) {
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await sleep(30);
  }
  return false;
}

/** What the platform counts of itself, as far as it tells. */
export interface PlatformCounters {
  readonly invocations?: number;
  readonly environmentsStarted?: number;
}

/** Asks the platform for its counters; empty if it has none to tell. */
export async function readCounters(endpoint: string): Promise<PlatformCounters> {
  try {
    const answer = await fetch(`${endpoint}/_millrace/status`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? countersIn(await answer.json()) : {};
  } catch {
    return {};
  }
}

/** Finds the counters in a status document: at the top or one level down; invocations as a number or by outcome. */
export function countersIn(document: unknown): PlatformCounters {
  const found = levels(document);
  const invocations = total(found.find((level) => level['invocations'] !== undefined)?.['invocations']);
  const environmentsStarted = total(
    found.find((level) => level['environmentsStarted'] !== undefined)?.['environmentsStarted'],
  );
  return {
    ...(invocations === undefined ? {} : { invocations }),
    ...(environmentsStarted === undefined ? {} : { environmentsStarted }),
  };
}

function levels(document: unknown): readonly Record<string, unknown>[] {
  if (typeof document !== 'object' || document === null) return [];
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  return [document as Record<string, unknown>, ...Object.values(document).filter(isObject)];
}

function total(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).reduce(
    (sum: number, part: unknown) => sum + (typeof part === 'number' ? part : 0),
    0,
  );
}
