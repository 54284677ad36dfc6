import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { percentile, type BenchOptions, type Figure } from '../figure.ts';
import { figure } from './figures.ts';
import { WAITING } from './filling.ts';
import { Opened } from './opened.ts';
import type { Quiet, QuietResult } from './quiet-client.ts';
import { ScratchData } from './scratch.ts';

const run = promisify(execFile);

/** Receivers that take so long for each message: the noisy group keeps them all busy. */
const RECEIVERS = 64;
const HANDLER_MS = 20;
const EVERY_MS = 50;
const SECONDS = 15;

/** How long a message of a quiet group waits beside the backlog of a noisy one, and where there are no groups. */
export async function fairness(
  progress: (line: string) => void,
  options: BenchOptions,
): Promise<readonly Figure[]> {
  const messages = Math.ceil(options.messages / 5);
  const fair = await beside(options, messages, true, progress);
  const alone = await beside(options, messages, false, progress);
  const p50 = percentile(fair.dwellMs, 50);
  const without = messages / (alone.received / SECONDS);
  const isKept = fair.dwellMs.length > 0 && p50 <= 1000;
  return [
    figure(`quiet group beside ${messages} noisy, p50`, p50, 'ms', '<= 1000 ms', isKept),
    figure('the same, p99', percentile(fair.dwellMs, 99), 'ms', 'told', isKept),
    // What is sent behind so long a backlog does not come in the time of a bench: this follows from how fast the backlog goes.
    figure('without groups, from the pace of the backlog', without, 's', 'told', true),
  ];
}

async function beside(
  { scratch }: BenchOptions,
  messages: number,
  isFair: boolean,
  progress: (line: string) => void,
): Promise<QuietResult> {
  using data = new ScratchData(scratch);
  const what = isFair ? 'a noisy group' : 'no groups';
  await data.fill({ ...WAITING, messages, groups: isFair ? 1 : 0 }, progress, what);
  await using opened = await Opened.on(data.path, WAITING.queue);
  progress(`backlog: ${what}: dwell time of quiet messages`);
  const order: Quiet = {
    ...{ endpoint: opened.platform.endpoint, queueUrl: opened.url(WAITING.queue) },
    ...{ receivers: RECEIVERS, handlerMs: HANDLER_MS, everyMs: EVERY_MS, seconds: SECONDS },
    group: isFair ? 'quiet' : undefined,
  };
  const program = new URL('quiet-client.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [program, JSON.stringify(order)]);
  return JSON.parse(stdout) as QuietResult;
}
