import type { Clock } from '../base/clock.ts';
import type { WatchEvent } from './event.ts';

/** Where lines for the operator go. */
export type WriteLine = (line: string) => void;

/** The longest line written; what a function or client put into it is cut there. */
const LONGEST_LINE = 2000;

/** Writes what an operator must see: trouble, one line each, with the time first. */
export class TroubleLog {
  readonly #clock: Clock;
  readonly #write: WriteLine;

  constructor(clock: Clock, write: WriteLine) {
    this.#clock = clock;
    this.#write = write;
  }

  /** Writes the event if it is trouble. */
  read(event: WatchEvent): void {
    if (event.kind !== 'trouble') return;
    const time = new Date(this.#clock.nowMs()).toISOString();
    const text = `${time} ${event.where}: ${event.what}`.replaceAll(/[\n\r]+/g, ' | ');
    this.#write(text.slice(0, LONGEST_LINE));
  }
}
