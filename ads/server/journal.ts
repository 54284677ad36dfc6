import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { joined, without, type NumberRanges } from './number-range.ts';

/** What became of the numbers that one run of an ad server gave to clicks. */
export interface RunAccount {
  readonly serverId: string;
  /** The channel confirmed them. */
  readonly posted: NumberRanges;
  /** No answer came: the click may be in the channel or not. */
  readonly unknown: NumberRanges;
  /** Surely not in the channel. */
  readonly refused: NumberRanges;
}

type Outcome = 'posted' | 'refused';

/**
 * The numbers of one run, written down as they are used: a line before a batch leaves (`sending 1 10`), a line when
 * its outcome is known (`posted 1 10`). Lines reach the operating system before anything that rests on them happens,
 * so that a killed server still accounts for every number. What is sent and has no outcome is unknown.
 */
export class Journal {
  readonly serverId: string;
  readonly #file: number;
  #next = 1;

  constructor(directory: string, serverId: string) {
    mkdirSync(directory, { recursive: true });
    this.serverId = serverId;
    this.#file = openSync(join(directory, `${serverId}.journal`), 'ax');
  }

  /** Takes the next `count` numbers for a batch that is about to leave; answers the first. */
  take(count: number): number {
    const first = this.#next;
    this.#next += count;
    this.#write(`sending ${first} ${first + count - 1}\n`);
    return first;
  }

  /** Writes down what became of some of the numbers taken. */
  settle(outcome: Outcome, numbers: readonly number[]): void {
    const ranges = joined(numbers.map((number) => [number, number]));
    this.#write(ranges.map(([first, last]) => `${outcome} ${first} ${last}\n`).join(''));
  }

  /** Nothing is written any more. */
  close(): void {
    closeSync(this.#file);
  }

  #write(text: string): void {
    if (text !== '') writeSync(this.#file, text);
  }
}

/** The accounts of all runs that ever wrote a journal in `directory`. */
export function readJournals(directory: string): readonly RunAccount[] {
  return namesIn(directory).map((name) =>
    parseJournal(name.slice(0, -'.journal'.length), readFileSync(join(directory, name), 'utf8')),
  );
}

/** Reads one journal; a last line that was cut off is left out. */
export function parseJournal(serverId: string, text: string): RunAccount {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const ranges = (word: string): NumberRanges =>
    joined(
      lines
        .map((line) => line.split(' '))
        .filter(([first]) => first === word)
        .map(([, first, last]) => [Number(first), Number(last)] as const),
    );
  const posted = ranges('posted');
  const refused = ranges('refused');
  return { serverId, posted, refused, unknown: without(ranges('sending'), [...posted, ...refused]) };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.journal'))
      .toSorted();
  } catch {
    return [];
  }
}
