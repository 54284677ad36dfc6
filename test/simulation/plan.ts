import { SeededRandom } from '../../src/base/random.ts';
import { settingOf, type Setting } from './setting.ts';

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
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

/** The plan of a seed: the same at any time. */
export function planOf(seed: number): Plan {
  const random = new SeededRandom(seed);
  const setting = settingOf(random);
  const steps = Array.from({ length: setting.stepCount }, () => stepOf(random, setting));
  return { seed, setting, steps };
}

function stepOf(random: SeededRandom, { weights }: Setting): Step {
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
