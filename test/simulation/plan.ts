import type { SeededRandom } from '../../src/base/random.ts';

/** One step: what it does in detail follows from its own seed and from what is there, so that others can be left out. */
export interface Step {
  readonly kind: string;
  readonly seed: number;
  /** Turns of the event loop after it. */
  readonly turns: number;
}

/** All that a seed stands for. */
export interface Plan {
  readonly seed: number;
  readonly steps: readonly Step[];
}

/** How many steps a seed has, and how likely each kind is beside the others. */
export interface Mixture {
  readonly stepCount: number;
  readonly weights: ReadonlyMap<string, number>;
}

/** The steps of a seed: the same at any time. `random` has given its mixture. */
export function stepsOf(random: SeededRandom, { stepCount, weights }: Mixture): readonly Step[] {
  return Array.from({ length: stepCount }, () => stepOf(random, weights));
}

/** A mixture of a seed's own: some kinds are left out, the others more or less likely. */
export function mixed(
  random: SeededRandom,
  usual: Readonly<Record<string, number>>,
  optional: readonly string[],
): ReadonlyMap<string, number> {
  const weights = new Map(Object.entries(usual));
  for (const kind of optional) if (random.fraction() < 0.35) weights.set(kind, 0);
  for (const [kind, weight] of weights) weights.set(kind, weight * (0.4 + 1.6 * random.fraction()));
  return weights;
}

function stepOf(random: SeededRandom, weights: ReadonlyMap<string, number>): Step {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let left = random.fraction() * total;
  let kind = 'disk';
  for (const [each, weight] of weights) {
    left -= weight;
    if (left >= 0) continue;
    kind = each;
    break;
  }
  const seed = Math.floor(random.fraction() * 2 ** 32);
  return { kind, seed, turns: Math.floor(random.fraction() * 3) };
}
