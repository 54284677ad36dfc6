/** Columns of a message: those of its place, its size, and more if need be. */
export type Row = readonly (number | Uint8Array)[];

/** Of a row: the places of these columns. */
export const ORDER_AT = 0;
export const VISIBLE_AT = 1;
export const RECEIVES_AT = 3;
export const SENT_AT = 6;
export const LANE_AT = 7;
export const SIZE_AT = 8;

/** A row's number. */
export function numberOf(row: Row, at: number): number {
  return row[at] as number;
}

/** True when the first row comes before the second. */
export type IsBefore = (first: Row, second: Row) => boolean;

/** By a time, then by order. */
export function byTime(timeAt: number): IsBefore {
  return (first, second) => {
    const earlierMs = numberOf(first, timeAt) - numberOf(second, timeAt);
    return earlierMs < 0 || (earlierMs === 0 && byOrder(first, second));
  };
}

/** By order. */
export function byOrder(first: Row, second: Row): boolean {
  return numberOf(first, ORDER_AT) < numberOf(second, ORDER_AT);
}

/** The rows of some lines as one, each of them being sorted so; whatever is left of them is let go with it. */
export function* merged(lines: readonly Iterator<unknown>[], isBefore: IsBefore): Generator<Row> {
  const next = lines.map(nextOf);
  try {
    for (;;) {
      let which = -1;
      let first: Row | undefined;
      for (let at = 0; at < next.length; at += 1) {
        const row = next[at];
        if (row === undefined || (first !== undefined && !isBefore(row, first))) continue;
        [which, first] = [at, row];
      }
      const line = lines[which];
      if (first === undefined || line === undefined) return;
      yield first;
      next[which] = nextOf(line);
    }
  } finally {
    for (const line of lines) line.return?.();
  }
}

/** The next row of a line; undefined at its end. */
export function nextOf(line: Iterator<unknown>): Row | undefined {
  return (line.next().value ?? undefined) as Row | undefined;
}
