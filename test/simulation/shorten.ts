import type { Plan, Step } from './plan.ts';

/** Plans tried at most to find a short one. */
const MOST_TRIES = 600;

/** Leaves out steps as long as what is left still fails: the shortest useful history. */
export async function shortened(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let steps = plan.steps;
  let tries = 0;
  for (let size = Math.ceil(steps.length / 2); size >= 1 && tries < MOST_TRIES;) {
    const before = steps.length;
    for (let from = 0; from < steps.length && tries < MOST_TRIES;) {
      const fewer: Step[] = [...steps.slice(0, from), ...steps.slice(from + size)];
      tries += 1;
      if (await fails({ ...plan, steps: fewer })) steps = fewer;
      else from += size;
    }
    if (size === 1 && steps.length === before) break;
    size = Math.max(1, Math.floor(size / 2));
  }
  return { ...plan, steps };
}
