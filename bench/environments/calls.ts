import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { BenchPlatform } from '../platform.ts';

/** What the platform itself measured of one invocation. */
export interface Reported {
  readonly durationMs: number;
  /** Not a number when it started nothing. */
  readonly initMs: number;
}

/** How long a client waits for an answer; on as many connections at once as there are calls. */
export async function clientMs(platform: BenchPlatform, name: string, handlerMs = 0): Promise<number> {
  const beganMs = performance.now();
  await invoked(platform, name, handlerMs);
  return performance.now() - beganMs;
}

/** Invokes once; true when that started an environment. */
export async function startsOne(platform: BenchPlatform, name: string): Promise<boolean> {
  const log = (await invoked(platform, name, 0, { 'X-Amz-Log-Type': 'Tail' })).get('x-amz-log-result') ?? '';
  return Buffer.from(log, 'base64').toString().includes('Init Duration');
}

async function invoked(
  platform: BenchPlatform,
  name: string,
  ms: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Headers> {
  const response = await fetch(`${platform.endpoint}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ ms }),
  });
  const answer = await response.text();
  if (response.status !== 200 || response.headers.has('x-amz-function-error'))
    throw new Error(`${name} failed: ${answer}`);
  return response.headers;
}

/** Invokes once, and reads the report. */
export async function reported(platform: BenchPlatform, name: string): Promise<Reported> {
  const payload = Buffer.from('{"ms":0}');
  const command = new InvokeCommand({ FunctionName: name, LogType: 'Tail', Payload: payload });
  const answer = await platform.functions.send(command);
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  const durationMs = Number(/\tDuration: ([\d.]+) ms/.exec(log)?.[1]);
  return { durationMs, initMs: Number(/Init Duration: ([\d.]+) ms/.exec(log)?.[1]) };
}
