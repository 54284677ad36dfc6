import { violationsOf } from './check.ts';
import type { Violation } from './history.ts';
import { planOf, type Plan } from './plan.ts';
import { historyOf } from './report.ts';
import { runPlan } from './run.ts';
import { shortened } from './shorten.ts';

/** What a seed showed; no sentences when every promise was kept. */
export interface SeedVerdict {
  readonly seed: number;
  readonly steps: number;
  readonly facts: number;
  readonly violations: readonly Violation[];
}

/** Runs a seed twice: it must keep every promise, and do the same both times, byte for byte. */
export async function trySeed(seed: number): Promise<SeedVerdict> {
  const plan = planOf(seed);
  const first = await runPlan(plan);
  const again = await runPlan(plan);
  const violations = violationsOf(first.facts);
  const differs = differenceOf(first.trace, again.trace);
  if (differs !== undefined) violations.push({ checker: 'repeatable', sentence: differs });
  return { seed, steps: plan.steps.length, facts: first.facts.length, violations };
}

function differenceOf(first: readonly string[], again: readonly string[]): string | undefined {
  if (first.join('\n') === again.join('\n')) return undefined;
  const at = first.findIndex((line, index) => line !== again[index]);
  return `two runs of the seed differ at line ${at}: ${first[at] ?? 'nothing'} and ${again[at] ?? 'nothing'}`;
}

/** What went wrong with a seed, with the shortest history found that shows it, and how to see it again. */
export async function reportOf(verdict: SeedVerdict, mutant?: string): Promise<string[]> {
  const { seed, violations } = verdict;
  const [worst] = violations;
  const again = `npm run sim -- --seed ${seed}${mutant === undefined ? '' : ` --mutant ${mutant}`}`;
  if (worst === undefined)
    return [`seed ${seed}: ${verdict.steps} steps, ${verdict.facts} facts, every promise kept`];
  const head = [
    `seed ${seed} breaks ${violations.length} promises, first of ${worst.checker}: ${worst.sentence}`,
  ];
  if (worst.checker === 'repeatable') return [...head, `again: ${again}`];
  const plan = await shortened(planOf(seed), (shorter) => breaks(shorter, worst.checker));
  const { facts } = await runPlan(plan);
  const shown = violationsOf(facts).find(({ checker }) => checker === worst.checker) ?? worst;
  return [
    ...head,
    `the shortest history found, ${plan.steps.length} of ${verdict.steps} steps: ${shown.sentence}`,
    ...historyOf(facts, shown).map((line) => `  ${line}`),
    `again: ${again}`,
  ];
}

async function breaks(plan: Plan, checker: string): Promise<boolean> {
  const { facts } = await runPlan(plan);
  return violationsOf(facts).some((violation) => violation.checker === checker);
}
