import type { Probe } from '../function/runtime/runtime.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { Question, QuestionAnswer } from './question.ts';

/** Whether functions of some runtimes run on this machine, and on what, or what is missing and what brings it. */
export interface RuntimeReport extends Probe {
  /** AWS's names for the runtimes that this is true of. */
  readonly runtimes: readonly string[];
}

/** `runtimes`: what runs here, as a list of {@link RuntimeReport}. */
export function runtimesQuestion(runtimes: Pick<Runtimes, 'all'>): Question {
  return async (): Promise<QuestionAnswer> => {
    const probes = await Promise.all(runtimes.all.map((runtime) => runtime.probe()));
    const reports = runtimes.all.map(({ ids }, n): RuntimeReport => {
      const probe = probes[n] ?? { available: false, sentence: '' };
      return { runtimes: ids, ...probe };
    });
    return { kind: 'known', value: reports };
  };
}
