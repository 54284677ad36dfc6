import { percentile, rounded, type Figure } from '../../figure.ts';
import type { Variant } from './pipeline.ts';
import { runYsb, type Outcome } from './run.ts';
import { layYsb, type FORMS, type YsbGround } from './ysb-ground.ts';

/** How much is sent. */
interface Amounts {
  /** Events a second, step by step: upwards until one is not kept up, downwards until one is. */
  readonly steps: Readonly<Record<Variant, readonly number[]>>;
  readonly goes: 'up' | 'down';
  readonly seconds: number;
}

/** Runs end with a window of ten seconds: what is left of it is for draining the one before. */
const SHORT: Amounts = {
  steps: { count: [10_000, 5000, 1000], money: [1000, 500] },
  goes: 'down',
  seconds: 8,
};
const WHOLE: Amounts = {
  steps: { count: [1000, 2000, 5000, 10_000, 20_000, 50_000], money: [500, 1000, 2000, 5000] },
  goes: 'up',
  seconds: 120,
};
/** While something is killed. */
const KILLED_RATE = { count: 1000, money: 500 } as const;
const TARGETS = {
  count: { rate: 10_000, p99Ms: 250 },
  money: { rate: 1000, p99Ms: 250 },
} as const;
/** A backlog of so much time, in the queue or before it, is none that grows. */
const MOST_WAITING_S = 1;
const TICKS_PER_S = 100;
const EVENTS_A_MESSAGE = 100;
const ANCHOR = 'Storm/Flink: 170,000/s on 10 machines, p50 750, p99 1,330 ms';

/** The Yahoo streaming benchmark, restated: one of two variants, as a function or as a long-lived consumer. */
export async function ysbFigures(
  variant: Variant,
  form: (typeof FORMS)[number],
  progress: (line: string) => void,
  isFull: boolean,
): Promise<readonly Figure[]> {
  await using ysb = await layYsb(variant, form);
  return await figuresOf(ysb, `ysb-${variant}, ${form}`, isFull ? WHOLE : SHORT, progress);
}

async function figuresOf(
  ysb: YsbGround,
  name: string,
  amounts: Amounts,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const { seconds } = amounts;
  // Environments and connections are there from the first step on.
  await runYsb(ysb, { seed: 1, rate: 1000, seconds: 1 });
  const { outcomes, best } = await stepsOf(ysb, name, amounts, progress);
  const rate = KILLED_RATE[ysb.variant];
  progress(`${name}: campaigns by Zipf's law, ${best?.rate ?? rate} events/s for ${seconds} s`);
  const skewed = await runYsb(ysb, { seed: 97, rate: best?.rate ?? rate, seconds, isSkewed: true });
  progress(`${name}: ${rate} events/s for ${seconds} s, killed in the middle`);
  const killed = await runYsb(ysb, { seed: 99, rate, seconds, killed: 'consumer' });
  progress(`${name}: ${rate} events/s for ${seconds} s, the broker killed in the middle`);
  const lost = await runYsb(ysb, { seed: 98, rate, seconds, killed: 'broker', isSkewed: true });
  return [
    ...speedOf(name, ysb.variant, best),
    ...differences(`${name}: missing, extra, wrong money`, [...outcomes, skewed]),
    reported(`${name}, Zipf: window late, p99`, p(skewed, 99), 'ms'),
    ...differences(`${name}, kill -9: missing, extra, wrong money`, [killed]),
    reported(`${name}, kill -9: slowest window`, p(killed, 100), 'ms after its end'),
    ...differences(`${name}, broker kill -9: missing, extra, wrong money`, [lost]),
    reported(`${name}, broker kill -9: slowest window`, p(lost, 100), 'ms after its end'),
  ];
}

/** A rate that was kept up. */
interface Best {
  readonly rate: number;
  readonly outcome: Outcome;
}

async function stepsOf(
  ysb: YsbGround,
  name: string,
  { steps, goes, seconds }: Amounts,
  progress: (line: string) => void,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly best: Best | undefined }> {
  const outcomes: Outcome[] = [];
  let best: Best | undefined;
  for (const [index, rate] of steps[ysb.variant].entries()) {
    progress(`${name}: ${rate} events/s for ${seconds} s`);
    const outcome = await runYsb(ysb, { seed: index + 2, rate, seconds });
    outcomes.push(outcome);
    progress(`${name}: ${outcome.waiting} messages waited at the end, window p99 ${p(outcome, 99)} ms`);
    const isKept = isSustained(outcome, rate);
    if (isKept) best = { rate, outcome };
    if (isKept === (goes === 'down')) break;
  }
  return { outcomes, best };
}

function speedOf(name: string, variant: Variant, best: Best | undefined): readonly Figure[] {
  const target = TARGETS[variant];
  if (best === undefined)
    return [
      {
        ...{ name: `${name}: sustained`, value: 0, unit: 'events/s' },
        ...{ target: `>= ${target.rate}`, kept: false },
      },
    ];
  const { rate, outcome } = best;
  const late = rounded(percentile(outcome.afterLastMs, 99));
  return [
    {
      ...{ name: `${name}: sustained`, value: rate, unit: 'events/s' },
      ...{ target: `>= ${target.rate} (${ANCHOR})`, kept: rate >= target.rate },
    },
    {
      ...reported(`${name}: a core`, rounded(outcome.events / outcome.cpuS), 'events/s of processor time'),
      target: 'reported (Storm/Flink: 17,000/s a machine)',
    },
    {
      ...{ name: `${name}: window late, p50`, value: p(outcome, 50), unit: 'ms' },
      ...{ target: '<= 600 ms', kept: p(outcome, 50) <= 600 },
    },
    {
      ...{
        name: `${name}: window late, p99`,
        value: p(outcome, 99),
        unit: `ms (after its last event ${late})`,
      },
      ...{ target: `< ${target.p99Ms} ms`, kept: p(outcome, 99) < target.p99Ms && late < target.p99Ms },
    },
  ];
}

function reported(name: string, value: number, unit: string): Figure {
  return { name, value, unit, target: 'reported', kept: true };
}

/** Window by window, over all of these runs. */
function differences(name: string, outcomes: readonly Outcome[]): readonly Figure[] {
  const value = outcomes.reduce((sum, one) => sum + one.missing + one.extra + one.wrongMoney, 0);
  return [{ name, value, unit: '', target: '0', kept: value === 0 }];
}

function p({ afterEndMs }: Outcome, percent: number): number {
  return rounded(percentile(afterEndMs, percent));
}

/** At the end no more waits than a second brings, and nothing was counted more than a second after it happened. */
function isSustained({ waiting, afterLastMs }: Outcome, rate: number): boolean {
  return (
    waiting <= MOST_WAITING_S * messagesPerS(rate) && percentile(afterLastMs, 99) <= MOST_WAITING_S * 1000
  );
}

function messagesPerS(rate: number): number {
  return Math.max(TICKS_PER_S, rate / EVENTS_A_MESSAGE);
}
