/** Whole numbers as ranges, both ends included, ascending and apart. */
export type NumberRanges = readonly (readonly [first: number, last: number])[];

/** Joins ranges that touch or overlap. */
export function joined(ranges: NumberRanges): NumberRanges {
  const result: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** What of `ranges` is in none of `others`. */
export function without(ranges: NumberRanges, others: NumberRanges): NumberRanges {
  const result: [number, number][] = [];
  const holes = joined(others);
  for (const [first, last] of joined(ranges)) {
    let from = first;
    for (const [holeFirst, holeLast] of holes) {
      if (holeLast < from || holeFirst > last) continue;
      if (holeFirst > from) result.push([from, holeFirst - 1]);
      from = holeLast + 1;
    }
    if (from <= last) result.push([from, last]);
  }
  return result;
}

/** How many numbers there are. */
export function countOf(ranges: NumberRanges): number {
  return ranges.reduce((count, [first, last]) => count + last - first + 1, 0);
}
