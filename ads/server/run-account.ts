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

/** Ranges of numbers by what a journal says of them: `sending`, `posted`, `spooled`, `refused`. */
export type Noted = ReadonlyMap<string, NumberRanges>;

/** Reads one journal; a last line that was cut off is left out. */
export function parseJournal(serverId: string, text: string): RunAccount {
  const noted = new Map<string, [first: number, last: number][]>();
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [word = '', first, last] = line.split(' ');
    const those = noted.get(word);
    if (those === undefined) noted.set(word, [[Number(first), Number(last)]]);
    else those.push([Number(first), Number(last)]);
  }
  return accountOf(serverId, noted);
}

/** The account that follows from what was noted, in whatever order. */
export function accountOf(serverId: string, noted: Noted): RunAccount {
  const ranges = (word: string): NumberRanges => joined(noted.get(word) ?? []);
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

/** The least that must be noted for this account. */
export function notedOf({ posted, refused, spooled, unknown }: RunAccount): Noted {
  return new Map([
    ['sending', joined([...posted, ...refused, ...unknown])],
    ['posted', posted],
    ['refused', refused],
    ['spooled', spooled],
  ]);
}

/** The shortest journal that gives this account. */
export function journalText(account: RunAccount): string {
  return [...notedOf(account)].map(([word, ranges]) => linesOf(word, ranges)).join('');
}

/** The lines of a journal that say this word of these numbers. */
export function linesOf(word: string, ranges: NumberRanges): string {
  return ranges.map(([first, last]) => `${word} ${first} ${last}\n`).join('');
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
