/** What a page said at one moment. */
export interface Shown {
  readonly atMs: number;
  /** All clicks that it counted then. */
  readonly clicks: number;
}

/**
 * How long each click since `sinceMs` waited until a page counted it. `clickedAtMs` has all clicks that the page can
 * count, in the order in which they were recorded: the n-th is visible from the first page on that counts n.
 */
export function visibleAfterMs(
  clickedAtMs: readonly number[],
  shown: readonly Shown[],
  sinceMs: number,
): readonly number[] {
  const waits: number[] = [];
  let page = 0;
  for (const [index, atMs] of clickedAtMs.entries()) {
    while ((shown[page]?.clicks ?? Number.POSITIVE_INFINITY) <= index) page += 1;
    const found = shown[page];
    if (found === undefined) throw new Error(`No page showed click ${index + 1}.`);
    if (atMs >= sinceMs) waits.push(found.atMs - atMs);
  }
  return waits;
}
