import { median, rounded, type Figure } from '../figure.ts';
import type { BenchPlatform } from '../platform.ts';
import { figuresOf, figuresWhen, MappedQueue } from './mapped-queue.ts';

const ROUNDS = 3;
const MESSAGES = 1000;
const POISON_AT = 450;
const INNOCENTS = MESSAGES - 1;
const BATCH_SIZE = 100;
const AT_ONCE = 4;
const VISIBILITY_S = 2;
const TRIES = 3;
const MOST_S = 3;

interface Outcome {
  readonly completed: number;
  /** Until the last innocent was through, or set aside. */
  readonly throughS: number;
  /** Until the guilty one was set aside. */
  readonly overS: number;
  readonly deaths: number;
}

/** One message among a thousand ends the process that reads it: what becomes of the others, and what without isolation, as with AWS. */
export async function innocents(
  platform: BenchPlatform,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  await platform.deploy('texts', 'texts', { timeoutS: VISIBILITY_S });
  const [isolated, asAws]: [Outcome[], Outcome[]] = [[], []];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`dispatch: one poisoned message in ${MESSAGES}, round ${round} of ${ROUNDS}`);
    isolated.push(await poisoned(platform, `poison-${round}`, true));
    asAws.push(await poisoned(platform, `poison-off-${round}`, false));
  }
  return figures(isolated, asAws);
}

function figures(isolated: readonly Outcome[], asAws: readonly Outcome[]): readonly Figure[] {
  const of = (all: readonly Outcome[], value: (one: Outcome) => number): number =>
    rounded(median(all.map(value)));
  const name = `poison, 1 in ${MESSAGES}, batches of ${BATCH_SIZE}`;
  const told = { target: 'told', kept: true };
  const least = Math.min(...isolated.map(({ completed }) => completed));
  const throughS = of(isolated, (one) => one.throughS);
  return [
    {
      ...{ name: `${name}: innocents completed`, value: least, unit: `of ${INNOCENTS}` },
      floor: of(asAws, (one) => one.completed),
      ...{ target: `${INNOCENTS}, every round`, kept: least === INNOCENTS },
      ratio: rounded(least / of(asAws, (one) => one.completed)),
    },
    {
      ...{ name: `${name}: all innocents through`, value: throughS, unit: 's' },
      ...{ target: `<= ${MOST_S} s`, kept: throughS <= MOST_S },
    },
    {
      ...{ name: `${name}, as AWS: the last innocent set aside`, unit: 's', ...told },
      value: of(asAws, (one) => one.throughS),
    },
    { name: `${name}: guilty one set aside`, value: of(isolated, (one) => one.overS), unit: 's', ...told },
    { name: `${name}: processes ended by it`, value: of(isolated, (one) => one.deaths), unit: '', ...told },
    { name: `${name}, as AWS: processes`, value: of(asAws, (one) => one.deaths), unit: '', ...told },
  ];
}

async function poisoned(platform: BenchPlatform, name: string, isIsolated: boolean): Promise<Outcome> {
  const queue = await MappedQueue.make(
    platform,
    { name, visibilityS: VISIBILITY_S, tries: TRIES },
    {
      ...{ FunctionName: 'texts', BatchSize: BATCH_SIZE, MaximumBatchingWindowInSeconds: 1 },
      ...{ ScalingConfig: { MaximumConcurrency: AT_ONCE }, BisectBatchOnFunctionError: isIsolated },
    },
  );
  await queue.send(Array.from({ length: MESSAGES }, (_, n) => (n === POISON_AT ? 'poison' : `text ${n}`)));
  const before = await figuresOf(platform);
  const beganMs = performance.now();
  await queue.enable(true);
  let [gone, throughMs] = [0, beganMs];
  const after = await figuresWhen(platform, (now) => {
    const settled = now.messagesSettled - before.messagesSettled;
    const aside = now.messagesDeadLettered - before.messagesDeadLettered;
    // The guilty one is the last to go where it stands alone.
    const innocent = Math.min(settled + aside, INNOCENTS);
    if (innocent > gone) [gone, throughMs] = [innocent, performance.now()];
    return settled + aside >= MESSAGES;
  });
  const overMs = performance.now();
  await queue.enable(false);
  const deaths = (after.invocations['exited'] ?? 0) - (before.invocations['exited'] ?? 0);
  return {
    completed: after.messagesSettled - before.messagesSettled,
    throughS: (throughMs - beganMs) / 1000,
    overS: (overMs - beganMs) / 1000,
    deaths,
  };
}
