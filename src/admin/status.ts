import type { Clock } from '../base/clock.ts';
import type { FigureCounter, Figures } from '../watch/figures.ts';
import type { QuestionAnswer } from './question.ts';

/** What is known of this run before anything happens in it. */
export interface RunFacts {
  readonly version: string;
  readonly dataDirectory: string;
  /** Number of this run on its data directory. */
  readonly run: number;
  readonly startedAtMs: number;
}

/** How the platform does at this moment: the answer of `GET /_millrace/status`. */
export interface Status extends Omit<RunFacts, 'startedAtMs'> {
  readonly upForMs: number;
  readonly isolation: { readonly tier: string; readonly description: string };
  /** `spare`: programs that wait without a function. */
  readonly environments: { readonly running: number; readonly spare: number };
  readonly figures: Figures;
}

/** What the status is read from. */
export interface StatusSources {
  readonly facts: RunFacts;
  readonly clock: Clock;
  readonly figures: FigureCounter;
  readonly pool: { readonly size: number; readonly spareCount: number };
  readonly isolation: { readonly tier: string; readonly description: string };
}

/** `status`: version, data, isolation, environments, and what has happened since the start. */
export class StatusQuestion {
  readonly #sources: StatusSources;

  constructor(sources: StatusSources) {
    this.#sources = sources;
  }

  /** Answers with a {@link Status}. */
  ask(_query: URLSearchParams): QuestionAnswer {
    const { facts, clock, figures, pool, isolation } = this.#sources;
    const { startedAtMs, ...kept } = facts;
    const status: Status = {
      ...kept,
      upForMs: Math.round(clock.nowMs() - startedAtMs),
      isolation: { tier: isolation.tier, description: isolation.description },
      environments: { running: pool.size, spare: pool.spareCount },
      figures: figures.figures(),
    };
    return { kind: 'known', value: status };
  }
}
