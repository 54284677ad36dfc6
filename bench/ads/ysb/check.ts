import { windowOf, WINDOW_MS } from './event.ts';
import { eventsOf, type Script } from './generator.ts';

/** What one campaign has in one window. */
export interface WindowCount {
  readonly campaignId: number;
  readonly windowMs: number;
  readonly events: number;
  /** Of a count: 0. */
  readonly micros: number;
  /** When the last of them was counted; of what is expected: its own time. */
  readonly lastMs: number;
}

/** Which events a variant keeps, and whether they cost. */
export interface Kept {
  readonly event: 'view' | 'click';
  readonly isMoney: boolean;
}

/** What a run must give, computed from its script alone. */
export function expectedOf(script: Script, { event: kept, isMoney }: Kept): readonly WindowCount[] {
  const counts = new Map<string, WindowCount>();
  for (const { event, ad, atMs } of eventsOf(script)) {
    if (event.event_type !== kept) continue;
    const [campaignId, windowMs] = [ad.campaignId, windowOf(atMs)];
    const key = keyOf({ campaignId, windowMs });
    const events = (counts.get(key)?.events ?? 0) + 1;
    const micros = (counts.get(key)?.micros ?? 0) + (isMoney ? ad.priceMicros : 0);
    counts.set(key, { campaignId, windowMs, events, micros, lastMs: atMs });
  }
  return [...counts.values()];
}

/** Where a run differs from what it must give. */
export interface Difference {
  readonly missing: number;
  readonly extra: number;
  /** Windows whose money differs. */
  readonly wrongMoney: number;
}

/** Differences window by window: what is missing in one is not made up for by another. */
export function differenceOf(expected: readonly WindowCount[], found: readonly WindowCount[]): Difference {
  const [wanted, there] = [byKey(expected), byKey(found)];
  let [missing, extra, wrongMoney] = [0, 0, 0];
  for (const key of new Set([...wanted.keys(), ...there.keys()])) {
    const [one, other] = [wanted.get(key), there.get(key)];
    const more = (other?.events ?? 0) - (one?.events ?? 0);
    missing += Math.max(0, -more);
    extra += Math.max(0, more);
    if (one?.micros !== other?.micros) wrongMoney += 1;
  }
  return { missing, extra, wrongMoney };
}

/** How late windows were whole. */
export interface Lateness {
  /** After their end, as the benchmark defines it; less than 0 when the last event came long before. */
  readonly afterEndMs: readonly number[];
  /** After the time of their last event. */
  readonly afterLastMs: readonly number[];
}

/** Of all windows that were there in full. */
export function latenessOf(expected: readonly WindowCount[], found: readonly WindowCount[]): Lateness {
  const wanted = byKey(expected);
  return {
    afterEndMs: found.map(({ lastMs, windowMs }) => lastMs - windowMs - WINDOW_MS),
    afterLastMs: found.map((one) => one.lastMs - (wanted.get(keyOf(one))?.lastMs ?? one.lastMs)),
  };
}

function byKey(counts: readonly WindowCount[]): ReadonlyMap<string, WindowCount> {
  return new Map(counts.map((one) => [keyOf(one), one]));
}

function keyOf({ campaignId, windowMs }: Pick<WindowCount, 'campaignId' | 'windowMs'>): string {
  return `${campaignId} ${windowMs}`;
}
