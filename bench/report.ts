import type { Bench, BenchOptions, Figure, Report } from './figure.ts';

/** Where a run's words go, a line each. */
export interface Outputs {
  readonly figure: (figure: Figure) => void;
  readonly remark: (line: string) => void;
}

/** Runs benches one after the other. Answers how many of them, or of their parts, have failed; each is said when it fails. */
export async function runBenches(
  benches: readonly Bench[],
  options: BenchOptions,
  { figure, remark }: Outputs,
): Promise<number> {
  let failures = 0;
  const unlessItFails = async (name: string, measure: () => Promise<void>): Promise<void> => {
    try {
      await measure();
    } catch (error) {
      failures += 1;
      remark(`${name} FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  const tell = (figures: readonly Figure[]): void => figures.forEach(figure);
  for (const bench of benches) {
    const part: Report['part'] = async (name, measure) => {
      if (isWanted(name, options.onlyPart))
        await unlessItFails(`${bench.name}: ${name}`, async () => tell(await measure()));
    };
    await unlessItFails(bench.name, () => bench.run({ progress: remark, tell, part }, options));
  }
  return failures;
}

/** `Node, cold starts` is wanted with `Node`, with `cold` and by its whole name, and so is `Node`, of which it is a part. */
function isWanted(name: string, onlyPart: string | undefined): boolean {
  return onlyPart === undefined || name.includes(onlyPart) || onlyPart.startsWith(name);
}
