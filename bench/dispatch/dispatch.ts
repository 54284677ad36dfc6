import { InvokeCommand } from '@aws-sdk/client-lambda';
import { median, rounded, type Bench, type Figure, type Report } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { NotToBeHad } from '../queue/peers/fetch.ts';
import { calls } from './calls.ts';
import { chosenDelay } from './chosen-delay.ts';
import { AT_ONCE, Drain, type DrainOutcome } from './drain.ts';
import { framedEchoRate } from './echo.ts';
import { startFunctionServer, type FunctionServer } from './function-server.ts';
import { idleMappings } from './idle-mappings.ts';
import { innocents } from './innocents.ts';
import { ramp } from './ramp.ts';
import { slowed } from './slowed.ts';

const ROUNDS = 3;
/** Rates rise until the program's code is compiled for its speed. */
const WARM_UPS = 2;
const ECHO_SECONDS = 3;
const LOG_ROUNDS = 3;
const LOGGED_MESSAGES = 60_000;
const LINES_PER_SECOND = 10_000;
/** Of each invocation that logs: what it prints must stay below what is kept of one. */
const LOG_SECONDS = 2;
const MOST_SLOWER_PERCENT = 10;

/** One size of batch, and what is promised of it. */
interface Course {
  readonly batchSize: number;
  readonly messages: number;
  readonly least: number;
}

const COURSES: readonly Course[] = [
  { batchSize: 1, messages: 10_000, least: 1620 },
  { batchSize: 10, messages: 60_000, least: 8 * 1620 },
  { batchSize: 100, messages: 200_000, least: 40_000 },
];
const LEAST_OF_ECHO = 0.15;

/** From a durable queue through a Node function in the full sandbox, function included, and what else dispatch promises. */
export const dispatch: Bench = {
  name: 'dispatch',
  what: 'queue to function in batches, synchronous invocations, idle mappings, log lines, a thousand from nothing, poison, retries, pace',
  async run(report, { isFull }) {
    const { progress, part } = report;
    await throughput(report);
    await part('a thousand from nothing', () => ramp(progress));
    await failures(report);
    if (isFull) await part('idle mappings', () => idleMappings(progress));
    else progress('dispatch: left out without --full: a thousand idle mappings');
  },
};

/** Messages and calls a second. */
async function throughput({ progress, part }: Report): Promise<void> {
  const peer = await functionServer(progress);
  try {
    await using platform = await BenchPlatform.start();
    await platform.deploy('return', 'return');
    for (const course of COURSES)
      await part(`batches of ${course.batchSize}`, () => drained(platform, course, progress));
    await part('calls', () => calls(platform, peer, progress));
    await part('log lines', () => logged(platform, progress));
  } finally {
    await peer?.[Symbol.asyncDispose]();
  }
}

/** What becomes of messages and of concurrency when something fails. */
async function failures({ progress, part }: Report): Promise<void> {
  await using platform = await BenchPlatform.start();
  await part('poison', () => innocents(platform, progress));
  await part('retries', () => chosenDelay(platform, progress));
  await part('pace', () => slowed(platform, progress));
}

async function functionServer(progress: (line: string) => void): Promise<FunctionServer | undefined> {
  try {
    return await startFunctionServer();
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    progress(`dispatch: left out: functions-framework cannot be had here (${error.message})`);
    return undefined;
  }
}

async function drained(
  platform: BenchPlatform,
  { batchSize, messages, least }: Course,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const queue = `drain-${batchSize}`;
  const drain = await Drain.prepare(platform, { queue, function: 'return', batchSize, messages });
  progress(`dispatch: batches of ${batchSize}, warming up`);
  for (let round = 0; round < WARM_UPS; round += 1) await drain.run();
  const outcomes: DrainOutcome[] = [];
  const echoes: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`dispatch: batches of ${batchSize}, round ${round} of ${ROUNDS}`);
    if (batchSize === 1) echoes.push(await framedEchoRate(AT_ONCE, ECHO_SECONDS));
    outcomes.push(await drain.run());
  }
  const of = (value: (outcome: DrainOutcome) => number): number => median(outcomes.map(value));
  const rate = of((outcome) => outcome.rate);
  const name = `queue -> function, batches of ${batchSize}`;
  const told = { unit: 'ms', target: 'told', kept: true };
  return [
    { name, value: Math.round(rate), unit: '/s', target: `>= ${least}/s`, kept: rate >= least },
    ...besideEcho(name, outcomes, echoes),
    {
      ...told,
      name: `${name}: own CPU for 1,000`,
      value: rounded(of((outcome) => outcome.ownMsPerThousand)),
    },
    {
      ...told,
      name: `${name}: all CPU for 1,000`,
      value: rounded(of((outcome) => outcome.allMsPerThousand)),
    },
  ];
}

function besideEcho(
  name: string,
  outcomes: readonly DrainOutcome[],
  echoes: readonly number[],
): readonly Figure[] {
  if (echoes.length === 0) return [];
  const ratio = median(outcomes.map((outcome, round) => outcome.rate / (echoes[round] ?? Number.NaN)));
  const beside = { floor: Math.round(median(echoes)), ratio: rounded(ratio) };
  return [
    {
      ...{ name: `${name}, beside a framed echo`, value: rounded(ratio), unit: 'x', ...beside },
      ...{ target: `>= ${LEAST_OF_ECHO} x echo`, kept: ratio >= LEAST_OF_ECHO },
    },
  ];
}

/** The same drain with and without a function beside it that logs, in turn. */
async function logged(platform: BenchPlatform, progress: (line: string) => void): Promise<readonly Figure[]> {
  await platform.deploy('chatter', 'chatter', { timeoutS: 60 });
  const what = { queue: 'drain-logged', function: 'return', batchSize: 10, messages: LOGGED_MESSAGES };
  const drain = await Drain.prepare(platform, what);
  await drain.run();
  const slower: number[] = [];
  for (let round = 1; round <= LOG_ROUNDS; round += 1) {
    progress(`dispatch: ${LINES_PER_SECOND} log lines a second beside it, round ${round} of ${LOG_ROUNDS}`);
    const quiet = (await drain.run()).rate;
    const beside = (await drain.run((over) => talk(platform, over))).rate;
    slower.push(100 * (1 - beside / quiet));
  }
  const value = median(slower);
  const name = `slower beside ${LINES_PER_SECOND} log lines a second`;
  const target = `<= ${MOST_SLOWER_PERCENT} %`;
  return [{ name, value: rounded(value), unit: '%', target, kept: value <= MOST_SLOWER_PERCENT }];
}

/** Logs, one invocation after the other, until it is over. */
async function talk(platform: BenchPlatform, over: AbortSignal): Promise<void> {
  const Payload = JSON.stringify({ linesPerSecond: LINES_PER_SECOND, seconds: LOG_SECONDS });
  while (!over.aborted)
    await platform.functions.send(new InvokeCommand({ FunctionName: 'chatter', Payload }));
}
