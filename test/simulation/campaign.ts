import { GAMES, type Game } from './game.ts';
import type { Violation } from './history.ts';
import type { Plan } from './plan.ts';
import { historyOf } from './report.ts';
import { shortened } from './shorten.ts';

/** What a seed showed; no sentences when every promise was kept. */
export interface SeedVerdict {
  readonly game: Game;
  readonly seed: number;
  readonly steps: number;
  readonly facts: number;
  readonly violations: readonly Violation[];
}

/** Plays a seed in every game, or in the one of this name. */
export async function trySeed(seed: number, only?: string): Promise<SeedVerdict[]> {
  const verdicts: SeedVerdict[] = [];
  for (const game of GAMES.filter(({ name }) => only === undefined || name === only))
    verdicts.push(await tryGame(game, seed));
  return verdicts;
}

/** Plays a seed twice: it must keep every promise, and do the same both times, byte for byte. */
async function tryGame(game: Game, seed: number): Promise<SeedVerdict> {
  const plan = game.planOf(seed);
  const first = await game.run(plan);
  const again = await game.run(plan);
  const violations = game.violationsOf(first.facts);
  const differs = differenceOf(first.trace, again.trace);
  if (differs !== undefined) violations.push({ checker: 'repeatable', sentence: differs });
  return { game, seed, steps: plan.steps.length, facts: first.facts.length, violations };
}

function differenceOf(first: readonly string[], again: readonly string[]): string | undefined {
  if (first.join('\n') === again.join('\n')) return undefined;
  const at = first.findIndex((line, index) => line !== again[index]);
  return `two runs of the seed differ at line ${at}: ${first[at] ?? 'nothing'} and ${again[at] ?? 'nothing'}`;
}

/** What went wrong with a seed, with the shortest history found that shows it, and how to see it again. */
export async function reportOf(verdict: SeedVerdict, mutant?: string): Promise<string[]> {
  const { game, seed, violations, steps } = verdict;
  const [worst] = violations;
  const again = `npm run sim -- --seed ${seed} --game ${game.name}${mutant === undefined ? '' : ` --mutant ${mutant}`}`;
  if (worst === undefined)
    return [`seed ${seed}, ${game.name}: ${steps} steps, ${verdict.facts} facts, every promise kept`];
  const head = [
    `seed ${seed}, ${game.name}, breaks ${violations.length} promises, first of ${worst.checker}: ${worst.sentence}`,
  ];
  if (worst.checker === 'repeatable') return [...head, `again: ${again}`];
  const plan = await shortened(game.planOf(seed), (shorter) => breaks(game, shorter, worst.checker));
  const { facts } = await game.run(plan);
  const shown = game.violationsOf(facts).find(({ checker }) => checker === worst.checker) ?? worst;
  return [
    ...head,
    `the shortest history found, ${plan.steps.length} of ${steps} steps: ${shown.sentence}`,
    ...historyOf(facts, shown).map((line) => `  ${line}`),
    `again: ${again}`,
  ];
}

async function breaks(game: Game, plan: Plan, checker: string): Promise<boolean> {
  const { facts } = await game.run(plan);
  return game.violationsOf(facts).some((violation) => violation.checker === checker);
}
