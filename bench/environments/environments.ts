import type { Bench, BenchOptions, Figure, Report } from '../figure.ts';
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
  async run(report, options) {
    for (const language of LANGUAGES) {
      report.progress(`environments: building the function in ${language.name}`);
      await report.part(language.name, async () => {
        await ofLanguage(await build(language), report, options);
        return [];
      });
    }
  },
};

async function ofLanguage(built: Built, report: Report, { isFull }: BenchOptions): Promise<void> {
  const { name, hitMs } = built.language;
  const part = (what: string, measure: () => Promise<readonly Figure[]>): Promise<void> => {
    report.progress(`environments: ${name}, ${what}`);
    return report.part(`${name}, ${what}`, async () => (await measure()).map((figure) => of(name, figure)));
  };
  let perSecond: number | undefined;
  await part('cold starts', async () => {
    const starts = await coldStarts(built);
    perSecond = starts.perSecond;
    return starts.figures;
  });
  if (name === 'Node') await part('starts beside a large platform', () => besideLargePlatform(built));
  if (hitMs !== undefined) await part('hits of the pool', () => hits(built, hitMs));
  await part('warm and frozen calls', () => frozenAndWarm(built));
  await part('calls back to back', () => backToBack(built));
  await part('a hundred at once', () => manyAtOnce(built, perSecond));
  await part('density', () => density(built));
  const count = isFull ? 10_000 : 100;
  await part(`what ${count} starts leave`, () => afterManyStarts(built, count));
}

function of(language: string, figure: Figure): Figure {
  return { ...figure, name: `${language}: ${figure.name}` };
}
