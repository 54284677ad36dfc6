import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { accountOf, journalPath, journalText, linesOf, notedOf } from './run-account.ts';
import { joined, type NumberRanges } from './number-range.ts';

/** What became of a number: confirmed by the channel, in the spool, or surely in neither. */
export type NumberOutcome = 'posted' | 'spooled' | 'refused';

/** A journal that has grown by this much is written anew with its ranges joined. */
const COMPACT_AFTER_BYTES = 128 * 1024;
/** To append to a journal that is there, and to make none. */
const FORMER_FLAGS = constants.O_WRONLY | constants.O_APPEND;

/**
 * The numbers of one run, written down as they are used: a line before a batch leaves (`sending 1 10`), a line when
 * its outcome is known (`posted 1 10`). Lines reach the operating system before anything that rests on them happens,
 * so that a killed server still accounts for every number. What is sent and has no outcome is unknown. On a full
 * disk no new number is given out, and outcomes wait in memory until there is room. What was written is in memory too,
 * joined now and then: a journal that is written anew need not be read, which every click would wait for.
 */
export class Journal {
  readonly serverId: string;
  readonly #path: string;
  #file: number;
  #next = 1;
  #unwritten = Buffer.alloc(0);
  #compactAtBytes = COMPACT_AFTER_BYTES;
  readonly #noted = new Map<string, (readonly [first: number, last: number])[]>();

  constructor(directory: string, serverId: string) {
    mkdirSync(directory, { recursive: true });
    this.serverId = serverId;
    this.#path = journalPath(directory, serverId);
    this.#file = openSync(this.#path, 'ax');
  }

  /** Takes the next `count` numbers for a batch that is about to leave; answers the first, or undefined on a full disk. */
  take(count: number): number | undefined {
    const first = this.#next;
    if (!this.#note('sending', [[first, first + count - 1]])) return undefined;
    this.#next += count;
    return first;
  }

  /** Writes down what became of some of the numbers taken. */
  settle(outcome: NumberOutcome, numbers: readonly number[]): void {
    this.#note(outcome, rangesOf(numbers));
  }

  /** Nothing is written any more. */
  close(): void {
    this.#write('');
    closeSync(this.#file);
  }

  #note(word: string, ranges: NumberRanges): boolean {
    const those = this.#noted.get(word) ?? [];
    this.#noted.set(word, those);
    for (const [first, last] of ranges) {
      const before = those.at(-1);
      // As nearly all come.
      if (before?.[1] === first - 1) those[those.length - 1] = [before[0], last];
      else those.push([first, last]);
    }
    return this.#write(linesOf(word, ranges));
  }

  /** False when not everything is with the operating system. A part that was written is gone on with. */
  #write(text: string): boolean {
    if (text !== '') this.#unwritten = Buffer.concat([this.#unwritten, Buffer.from(text)]);
    try {
      while (this.#unwritten.length > 0)
        this.#unwritten = this.#unwritten.subarray(writeSync(this.#file, this.#unwritten));
      this.#compact();
      return true;
    } catch (error) {
      if (!isFullDisk(error)) throw error;
      return false;
    }
  }

  #compact(): void {
    if (fstatSync(this.#file).size < this.#compactAtBytes) return;
    const unfinished = `${this.#path}.new`;
    const account = accountOf(this.serverId, this.#noted);
    for (const [word, ranges] of notedOf(account)) this.#noted.set(word, [...ranges]);
    try {
      writeFileSync(unfinished, journalText(account));
      const file = openSync(unfinished, 'a');
      renameSync(unfinished, this.#path);
      closeSync(this.#file);
      this.#file = file;
    } catch (error) {
      rmSync(unfinished, { force: true });
      if (!isFullDisk(error)) throw error;
    }
    this.#compactAtBytes = fstatSync(this.#file).size + COMPACT_AFTER_BYTES;
  }
}

/** Writes down what became of numbers of a run that is over; nothing when its journal is gone. */
export function settleFormer(
  directory: string,
  serverId: string,
  outcome: NumberOutcome,
  numbers: readonly number[],
): void {
  try {
    const file = openSync(journalPath(directory, serverId), FORMER_FLAGS);
    writeSync(file, linesOf(outcome, rangesOf(numbers)));
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !isFullDisk(error)) throw error;
  }
}

/** True when an error says that the disk, or the share of it that is ours, is full. */
export function isFullDisk(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

function rangesOf(numbers: readonly number[]): NumberRanges {
  return joined(numbers.map((number) => [number, number]));
}
