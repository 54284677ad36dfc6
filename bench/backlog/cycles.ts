import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the clients do: each connection sends ten, receives ten and deletes them, again and again. */
export interface Cycles {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** More than one: in turns, and their numbers from 0 on stand behind the URL. */
  readonly queues: number;
  readonly connections: number;
  readonly seconds: number;
  readonly bodyBytes: number;
  /** False: what is there is received and deleted. */
  readonly sends: boolean;
  readonly isFifo: boolean;
  /** Message groups, in turns; 0: none. */
  readonly groups: number;
}

/** What they came to. */
export interface CyclesResult {
  readonly sent: number;
  readonly deleted: number;
  readonly seconds: number;
}

/** Lets clients in a process of their own do this. */
export async function cycle(order: Cycles): Promise<CyclesResult> {
  const program = new URL('cycle-client.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [program, JSON.stringify(order)]);
  return JSON.parse(stdout) as CyclesResult;
}
