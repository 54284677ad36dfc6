import type { Bench, BenchOptions, Figure } from '../figure.ts';
import { backToBack } from './back-to-back.ts';
import { frozenAndWarm, hits } from './use.ts';
import { afterManyStarts } from './leaks.ts';
import { density, manyAtOnce } from './many.ts';
import { build, LANGUAGES, type Built } from './languages.ts';
import { besideLargePlatform, coldStarts } from './starts.ts';

/** What an environment costs: to start, to use, to keep, and what is left of it; the floors are of the same run. */
export const environments: Bench = {
  name: 'environments',
  what: 'environments in Node, Python, Go and Java: starts, hits of the pool, warm calls, a hundred at once, density, leaks',
  async run(progress, options) {
    const figures: Figure[] = [];
    for (const language of LANGUAGES) {
      progress(`environments: building the function in ${language.name}`);
      figures.push(...(await ofLanguage(await build(language), progress, options)));
    }
    return figures;
  },
};

async function ofLanguage(
  built: Built,
  progress: (line: string) => void,
  { isFull }: BenchOptions,
): Promise<readonly Figure[]> {
  const { name, hitMs } = built.language;
  progress(`environments: ${name}, cold starts`);
  const starts = await coldStarts(built);
  if (name === 'Node') starts.figures.push(...(await besideLargePlatform(built)));
  progress(`environments: ${name}, hits of the pool, warm and frozen calls`);
  const calls = [...(hitMs === undefined ? [] : await hits(built, hitMs)), ...(await frozenAndWarm(built))];
  calls.push(...(await backToBack(built)));
  progress(`environments: ${name}, a hundred at once`);
  const many = [...(await manyAtOnce(built, starts.perSecond)), await density(built)];
  const count = isFull ? 10_000 : 100;
  progress(`environments: ${name}, what ${count} starts leave`);
  return [...starts.figures, ...calls, ...many, ...(await afterManyStarts(built, count))].map((figure) => ({
    ...figure,
    name: `${name}: ${figure.name}`,
  }));
}
