import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joined, without, type NumberRanges } from './number-range.ts';

/** What became of the numbers that one run of an ad server gave to its messages. */
export interface RunAccount {
  readonly serverId: string;
  /** The channel confirmed them. */
  readonly posted: NumberRanges;
  /** Not confirmed: in the spool, or no answer came and the message may be in the channel or not. */
  readonly unknown: NumberRanges;
  /** Of the unknown ones, those that are safe in the spool. */
  readonly spooled: NumberRanges;
  /** Surely not in the channel. */
  readonly refused: NumberRanges;
}

const ENDING = '.journal';

/** The accounts of all runs that ever wrote a journal in `directory`. */
export function readJournals(directory: string): readonly RunAccount[] {
  return namesIn(directory).map((name) => readJournal(join(directory, name), name.slice(0, -ENDING.length)));
}

/** Where the journal of a run is. */
export function journalPath(directory: string, serverId: string): string {
  return join(directory, `${serverId}${ENDING}`);
}

/** The account that one journal gives. */
export function readJournal(path: string, serverId: string): RunAccount {
  return parseJournal(serverId, readFileSync(path, 'utf8'));
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
  const settled = [...posted, ...refused];
  return {
    serverId,
    posted,
    refused,
    spooled: without(ranges('spooled'), settled),
    unknown: without(ranges('sending'), settled),
  };
}

/** The shortest journal that gives this account. */
export function journalText({ posted, refused, spooled, unknown }: RunAccount): string {
  const lines = (word: string, ranges: NumberRanges): readonly string[] =>
    ranges.map(([first, last]) => `${word} ${first} ${last}\n`);
  return [
    ...lines('sending', joined([...posted, ...refused, ...unknown])),
    ...lines('posted', posted),
    ...lines('refused', refused),
    ...lines('spooled', spooled),
  ].join('');
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(ENDING))
      .toSorted();
  } catch {
    return [];
  }
}
