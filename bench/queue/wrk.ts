import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, rounded, type Figure } from '../figure.ts';
import { startServer } from '../load.ts';
import { createQueue, requestsFor } from './drive.ts';
import { need } from './peers/fetch.ts';
import type { Target } from './target.ts';

const run = promisify(execFile);

const ROUNDS = 5;
const SECONDS = 3;
const QUEUE = 'wrk';
const LEAST_OF_REDIRECT = 0.2;

/** Sends by a client in C, beside the redirects of a bare `node:http` by the same client. Throws `NotToBeHad`. */
export async function sendsByWrk(
  millrace: Target,
  nothing: Target,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  await getWrk();
  using redirect = await startServer(new URL('redirect-server.ts', import.meta.url));
  await createQueue(millrace, QUEUE);
  const rates = { redirect: [] as number[], nothing: [] as number[], millrace: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress(`queue: sends by wrk: round ${round} of ${ROUNDS}`);
    const [bare, floor] = [await rate(redirect.endpoint), await rate(nothing.endpoint, nothing)];
    const value = await rate(millrace.endpoint, millrace);
    if (round === 0) continue; // A warm-up.
    rates.redirect.push(bare);
    rates.nothing.push(floor);
    rates.millrace.push(value);
  }
  const ratioTo = (floors: readonly number[]): number =>
    rounded(median(rates.millrace.map((value, round) => value / (floors[round] ?? Number.NaN))));
  const value = Math.round(median(rates.millrace));
  const ratio = ratioTo(rates.redirect);
  return [
    {
      ...{ name: 'sends by wrk beside a bare 302', value, unit: '/s', ratio },
      floor: Math.round(median(rates.redirect)),
      ...{ target: `>= ${LEAST_OF_REDIRECT} x a bare 302`, kept: ratio >= LEAST_OF_REDIRECT },
    },
    {
      ...{ name: 'sends by wrk beside the null server', value, unit: '/s' },
      ...{ floor: Math.round(median(rates.nothing)), ratio: ratioTo(rates.nothing) },
      ...{ target: 'told', kept: true },
    },
  ];
}

/** Debian's package; installed where that may be done. */
async function getWrk(): Promise<void> {
  try {
    await need('which', ['wrk']);
  } catch {
    await need('apt-get', ['install', '-y', '--no-install-recommends', 'wrk']);
  }
}

/** Requests a second over 64 connections: sends, or GETs where no target is given. */
async function rate(endpoint: string, target?: Target): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-wrk-'));
  try {
    const words = ['-t', '1', '-c', '64', '-d', `${SECONDS}s`];
    if (target !== undefined) {
      const script = join(folder, 'send.lua');
      writeFileSync(script, luaScript(requestsFor(target, QUEUE).send([{ body: 'x'.repeat(200) }])));
      words.push('-s', script);
    }
    const { stdout } = await run('wrk', [...words, endpoint]);
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A script that sends the same request again and again; made once, as wrk asks for it each time. */
function luaScript(request: string): string {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(': '))
    .filter(([name]) => name !== 'Host' && name !== 'Content-Length')
    .map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  return `wrk.method = 'POST'\nwrk.body = ${JSON.stringify(body)}\n${headers.join('\n')}\n`;
}
