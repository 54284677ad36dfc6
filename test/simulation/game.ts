import { SeededRandom } from '../../src/base/random.ts';
import { functionViolationsOf, violationsOf } from './check.ts';
import { runFunctions } from './functions/run.ts';
import { functionSettingOf } from './functions/setting.ts';
import type { Fact, Violation } from './history.ts';
import { stepsOf, type Plan } from './plan.ts';
import { runPlan, type Outcome } from './run.ts';
import { settingOf } from './setting.ts';

/** One kind of simulation: what a seed means in it, and what is promised. */
export interface Game {
  readonly name: string;
  readonly planOf: (seed: number) => Plan;
  readonly run: (plan: Plan) => Promise<Outcome>;
  readonly violationsOf: (facts: readonly Fact[]) => Violation[];
}

/** Clients, queues and the disk. */
const QUEUES: Game = {
  name: 'queues',
  planOf: (seed) => {
    const random = new SeededRandom(seed);
    return { seed, steps: stepsOf(random, settingOf(random)) };
  },
  run: runPlan,
  violationsOf,
};

/** Clients, a function that is fed by a queue and by its inbox, environments and the disk. */
const FUNCTIONS: Game = {
  name: 'functions',
  planOf: (seed) => {
    const random = new SeededRandom(seed);
    return { seed, steps: stepsOf(random, functionSettingOf(random)) };
  },
  run: runFunctions,
  violationsOf: functionViolationsOf,
};

/** Every game; each seed is played in all of them. */
export const GAMES: readonly Game[] = [QUEUES, FUNCTIONS];
