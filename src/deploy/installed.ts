import type { RuntimeReport } from '../admin/runtimes.ts';
import type { Guess } from './guess.ts';

/** A guessed runtime, in the version that the platform's machine has where the guess is of no certain one. */
export function installedInstead(guess: Guess, reports: readonly RuntimeReport[]): string {
  const guessed = guess.runtime;
  if (guess.isAnyVersion !== true) return guessed;
  const language = languageOf(guessed);
  const others = reports.filter(({ runtimes }) => runtimes.some((name) => languageOf(name) === language));
  if (others.some(({ runtimes, isExact }) => runtimes.includes(guessed) && isExact !== false)) return guessed;
  const exact = others.find(({ available, isExact }) => available && isExact === true);
  return exact?.runtimes.at(-1) ?? guessed;
}

/** What whoever deploys should know of the runtime: that it is missing, or that another version stands in for it. */
export function runtimeNote(runtime: string, reports: readonly RuntimeReport[]): string | undefined {
  const report = reports.find(({ runtimes }) => runtimes.includes(runtime));
  if (report === undefined || (report.available && report.isExact !== false)) return undefined;
  return report.available
    ? `${runtime} runs here on ${report.sentence}.`
    : `It cannot run yet. ${report.sentence}`;
}

function languageOf(runtime: string): string {
  return /^[a-z]+/.exec(runtime)?.[0] ?? runtime;
}
