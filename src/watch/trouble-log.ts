import type { Clock } from '../base/clock.ts';
import type { WatchEvent } from './event.ts';

/** Where lines for the operator go. */
export type WriteLine = (line: string) => void;

/** The longest line written; what a function or client put into it is cut there. */
const LONGEST_LINE = 2000;

/** Writes what an operator must see: trouble, what is fetched from elsewhere, what is to be noticed; one line each, with the time first. */
export class TroubleLog {
  readonly #clock: Clock;
  readonly #write: WriteLine;

  constructor(clock: Clock, write: WriteLine) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Writes the event if it is one of these. */
  read(event: WatchEvent): void {
    const told = toldOf(event);
    if (told === undefined) return;
    const time = new Date(this.#clock.nowMs()).toISOString();
    this.#write(`${time} ${told}`.replaceAll(/[\n\r]+/g, ' | ').slice(0, LONGEST_LINE));
  }
}

function toldOf(event: WatchEvent): string | undefined {
  if (event.kind === 'trouble' || event.kind === 'noticed') return `${event.where}: ${event.what}`;
  if (event.kind === 'brought')
    return `${event.line} … ${event.why ?? `${(event.tookMs / 1000).toFixed(1)} s`}`;
  return event.kind === 'paced' ? pacedLine(event) : undefined;
}

/** One line when a limit comes and one when it goes: what lies between is a figure. */
function pacedLine(event: WatchEvent & { readonly kind: 'paced' }): string | undefined {
  const where = `mapping ${event.mapping} of function ${event.function}`;
  if (event.limit === undefined) return `${where}: no limit of concurrency any more.`;
  return event.isFirst ? `${where}: at most ${event.limit} at once from now on (${event.why}).` : undefined;
}
