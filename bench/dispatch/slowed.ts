import { setTimeout as pause } from 'node:timers/promises';
import { percentile, rounded, type Figure } from '../figure.ts';
import type { BenchPlatform } from '../platform.ts';
import { figuresOf, figuresWhen, MappedQueue } from './mapped-queue.ts';
import { SlowService } from './slow-service.ts';

const AT_ONCE = 32;
/** What the service takes at once where it refuses the rest, and where it lets the rest wait: slow is three times as long as usual. */
const PLACES = 8;
const FEW_PLACES = 4;
const MESSAGES = 1000;
const WARM_UP = 300;
const WORK_MS = 50;
/** What comes singly at first, so that it is known how long the service takes when it has time. */
const SINGLY = 30;
const BETWEEN_MS = 20;
const TIMEOUT_S = 20;
const RETRY_S = 2;
const LOOK_EVERY_MS = 50;
/** Durations of a function that is healthy and merely varies. */
const VARIED_MS = [5, 20, 50, 100, 400];

const MOST_REFUSED = 0.25;
const MOST_WAIT = 0.6;
const MOST_TIME = 1.5;

/** What is behind a function, and what is asked of it. */
interface Course {
  readonly name: string;
  readonly places: number;
  readonly refuses: boolean;
  readonly bodies: readonly string[];
}

interface Outcome {
  readonly allS: number;
  readonly calls: number;
  readonly refused: number;
  readonly p50Ms: number;
  readonly cuts: number;
  /** The most batches that ran at once, in the middle of the looks. */
  readonly atOnce: number;
}

interface Both {
  readonly paced: Outcome;
  readonly free: Outcome;
}

/** A function whose service takes only so much at once, and refuses or slows down: with the pace of its mapping and without. And a healthy one. */
export async function slowed(
  platform: BenchPlatform,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const bodies = Array.from({ length: MESSAGES }, () => String(WORK_MS));
  const varied = bodies.map((_, n) => String(VARIED_MS[Math.floor(n * Math.SQRT2) % VARIED_MS.length]));
  const both = (course: Course): Promise<Both> => withAndWithout(platform, course, progress);
  return [
    ...throttledFigures(await both({ name: 'throttled', places: PLACES, refuses: true, bodies })),
    ...slowFigures(await both({ name: 'slow', places: FEW_PLACES, refuses: false, bodies })),
    ...healthyFigures(await both({ name: 'varied', places: AT_ONCE, refuses: false, bodies: varied })),
  ];
}

function throttledFigures({ paced, free }: Both): readonly Figure[] {
  const share = (one: Outcome): number => one.refused / one.calls;
  const name = `pace, a service that takes ${PLACES} of ${AT_ONCE} at once and refuses the rest`;
  return [
    besideFree(`${name}: calls refused`, '%', 100 * share(paced), 100 * share(free), MOST_REFUSED),
    besideFree(`${name}: until all are handled`, 's', paced.allS, free.allS, MOST_TIME),
  ];
}

function slowFigures({ paced, free }: Both): readonly Figure[] {
  const name = `pace, a service that takes ${FEW_PLACES} of ${AT_ONCE} at once and lets the rest wait`;
  return [
    besideFree(`${name}: an answer, p50`, 'ms', paced.p50Ms, free.p50Ms, MOST_WAIT),
    besideFree(`${name}: until all are handled`, 's', paced.allS, free.allS, MOST_TIME),
    { name: `${name}: at once, p50`, value: paced.atOnce, unit: '', target: 'told', kept: true },
  ];
}

function healthyFigures({ paced, free }: Both): readonly Figure[] {
  const name = `pace, a healthy function of ${VARIED_MS[0]} to ${VARIED_MS.at(-1)} ms`;
  return [
    { name: `${name}: cuts`, value: paced.cuts, unit: '', target: '0', kept: paced.cuts === 0 },
    besideFree(`${name}: until all are handled`, 's', paced.allS, free.allS, MOST_TIME),
  ];
}

function besideFree(name: string, unit: string, value: number, floor: number, most: number): Figure {
  const beside = { floor: rounded(floor), ratio: rounded(value / floor) };
  return {
    ...{ name, value: rounded(value), unit, ...beside },
    ...{ target: `<= ${most} x without pace`, kept: value / floor <= most },
  };
}

async function withAndWithout(
  platform: BenchPlatform,
  course: Course,
  progress: (line: string) => void,
): Promise<Both> {
  using service = await SlowService.listen(course.places, course.refuses);
  await platform.deploy('ask', course.name, {
    timeoutS: TIMEOUT_S,
    variables: { SERVICE: service.endpoint },
  });
  progress(`dispatch: ${course.name}, warming up`);
  await run(platform, service, { ...course, bodies: course.bodies.slice(0, WARM_UP) }, 'warm');
  progress(`dispatch: ${course.name}, with the pace`);
  const paced = await run(platform, service, course, 'paced');
  progress(`dispatch: ${course.name}, without`);
  return { paced, free: await run(platform, service, course, 'free') };
}

async function run(
  platform: BenchPlatform,
  service: SlowService,
  { name, bodies }: Course,
  how: 'paced' | 'free' | 'warm',
): Promise<Outcome> {
  const queue = await MappedQueue.make(
    platform,
    { name: `${name}-${how}`, visibilityS: TIMEOUT_S },
    {
      ...{ FunctionName: name, BatchSize: 1, AdaptivePace: how === 'paced' },
      ScalingConfig: { MaximumConcurrency: AT_ONCE },
      RetryBackoff: { FirstDelaySeconds: RETRY_S, LongestDelaySeconds: RETRY_S },
    },
  );
  await queue.enable(true);
  for (const body of bodies.slice(0, SINGLY)) {
    await queue.send([body]);
    await pause(BETWEEN_MS);
  }
  service.take();
  const before = await figuresOf(platform);
  const beganMs = performance.now();
  const wanted = before.messagesSettled + bodies.length - SINGLY;
  const over = figuresWhen(platform, ({ messagesSettled }) => messagesSettled >= wanted);
  await queue.send(bodies.slice(SINGLY));
  const running = await looks(queue, over);
  const allS = (performance.now() - beganMs) / 1000;
  const { calls, refused, tookMs } = service.take();
  const { paceCuts: cuts } = await queue.report();
  await queue.enable(false);
  return { allS, calls, refused, cuts, p50Ms: percentile(tookMs, 50), atOnce: percentile(running, 50) };
}

/** How many ran at once, looked at until it is over. */
async function looks(queue: MappedQueue, over: Promise<unknown>): Promise<readonly number[]> {
  const running: number[] = [];
  let isOver = false;
  void over.then(() => (isOver = true));
  while (!isOver) {
    running.push((await queue.report()).running);
    await pause(LOOK_EVERY_MS);
  }
  return running;
}
