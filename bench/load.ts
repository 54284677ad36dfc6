import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { LoadResult } from './load-client.ts';

const run = promisify(execFile);

/** What to send where. */
export interface Load {
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly connections: number;
  readonly seconds: number;
}

const BODY_BYTES = 200;

/** Sends single messages of 200 bytes from a process of its own. */
export async function load(what: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(what.endpoint);
  const program = new URL('load-client.ts', import.meta.url).pathname;
  const words = [program, hostname, port, what.queueUrl, what.connections, what.seconds, BODY_BYTES].map(
    String,
  );
  const { stdout } = await run(process.execPath, words, { maxBuffer: 64 * 1024 * 1024 });
  const result = JSON.parse(stdout) as LoadResult;
  if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} sends failed`);
  return result;
}

/** A server in a process of its own, ended when disposed of. */
export interface BenchServer extends Disposable {
  readonly endpoint: string;
  readonly pid: number;
}

/** The calibration server. */
export function startNullServer(): Promise<BenchServer> {
  return startServer(new URL('null-server.ts', import.meta.url));
}

/** Starts a program that says its endpoint in its first line. */
export async function startServer(program: URL): Promise<BenchServer> {
  const child = spawn(process.execPath, [program.pathname], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    ...{ endpoint: line.toString().trim(), pid: child.pid ?? 0 },
    [Symbol.dispose]: () => void child.kill('SIGTERM'),
  };
}
