import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { arrays } from './array-rows.ts';
import { BUNDLE_SPAN_MS } from './bundle-cutter.ts';
import { BundleReader, rowsOf } from './bundle-reader.ts';
import { byTime, merged, VISIBLE_AT, type Row } from './merged-rows.ts';
import { addPlace } from './packed-rows.ts';
import { Packer, type Packed } from './packed.ts';
import { EPOCH_BITS, ORDER_BITS, ORDER_MASK } from './slots.ts';

/** What is known of one queue without its messages, and how many of its leases and delays are among the rows. */
export interface QueueFacts {
  readonly queue: number;
  readonly definition: string;
  readonly messages: number;
  readonly nextOrder: number;
  readonly oldestSentAtMs: number | undefined;
  readonly firstVisibleAtMs: number | undefined;
  readonly hasLanes: boolean;
  readonly leaseCount: number;
  readonly delayedCount: number;
}

/** Queues on their way from the thread, and rows of order, state, time of sending and lane: of each its leases, then its delays. */
export interface PackedQueues extends Packed {
  readonly queues: readonly QueueFacts[];
}

/** A place's columns, in the order in which they are packed. */
export const PLACE_COLUMNS =
  `standing.id & ${ORDER_MASK}, visible_at_ms, holder, receive_count, first_received_at_ms, leased_at_ms, ` +
  'sent_at_ms, ifnull(lane, 0)';

/** Reads what is known of queues without their waiting messages. */
export class StoredQueues {
  readonly #all: StatementSync;
  readonly #one: StatementSync;
  readonly #leases: StatementSync;
  readonly #delayed: StatementSync;
  /** Of single messages: when the oldest was sent; when the first and the last show of those without a holder, and of those with one; and any lane. */
  readonly #facts: StatementSync;
  /** Of bundles: when the oldest was sent, when the first of the first and the first of the last show, and whether any has lanes. */
  readonly #bundleFacts: StatementSync;
  readonly #bundles: BundleReader;

  constructor(database: DatabaseSync) {
    const columns = 'SELECT queue, slot, definition, messages, next_order FROM queue';
    const hidden = (isHeld: 0 | 1): string =>
      `SELECT ${PLACE_COLUMNS} FROM standing WHERE id >> 43 = ? AND holder > 0 = ${isHeld} AND visible_at_ms > ?`;
    this.#all = database.prepare(`${columns} ORDER BY queue`);
    this.#one = database.prepare(`${columns} WHERE queue = ?`);
    this.#leases = arrays(database, hidden(1));
    this.#delayed = arrays(database, `${hidden(0)} ORDER BY visible_at_ms, id LIMIT ?`);
    const shown = (which: 'min' | 'max', isHeld: 0 | 1): string =>
      `(SELECT ${which}(visible_at_ms) FROM standing WHERE id >> 43 = ?1 AND holder > 0 = ${isHeld})`;
    const free = `${shown('min', 0)}, ${shown('max', 0)}`;
    const held = `${shown('min', 1)}, ${shown('max', 1)}`;
    const lane =
      `(SELECT lane FROM standing WHERE id >> ${EPOCH_BITS} BETWEEN ?1 << ${ORDER_BITS - EPOCH_BITS} ` +
      `AND ((?1 + 1) << ${ORDER_BITS - EPOCH_BITS}) - 1 AND lane IS NOT NULL LIMIT 1)`;
    const oldest = '(SELECT min(sent_at_ms) FROM standing WHERE id >> 43 = ?1)';
    this.#facts = arrays(database, `SELECT ${oldest}, ${free}, ${held}, ${lane}`);
    const ofBundles = (what: string): string => `(SELECT ${what} FROM bundle WHERE slot = ?1)`;
    const times = ['min(oldest_sent_ms)', 'min(first_visible_ms)', 'max(first_visible_ms)'].map(ofBundles);
    const hasLanes = 'EXISTS (SELECT 1 FROM bundle WHERE slot = ?1 AND has_lanes = 1)';
    this.#bundleFacts = arrays(database, `SELECT ${times.join(', ')}, ${hasLanes}`);
    this.#bundles = new BundleReader(database);
  }

  /** All queues, leases and delays as of `nowMs`; at most `delayedLimit` delays of each. */
  all(nowMs: number, delayedLimit: number): PackedQueues {
    return this.#pack(this.#all.all(), nowMs, delayedLimit);
  }

  /** One queue, if it is there. */
  one(queue: number, nowMs: number, delayedLimit: number): PackedQueues {
    return this.#pack(this.#one.all(queue), nowMs, delayedLimit);
  }

  #pack(
    rows: readonly Readonly<Record<string, unknown>>[],
    nowMs: number,
    delayedLimit: number,
  ): PackedQueues {
    const packer = new Packer();
    const queues = rows.map((row): QueueFacts => {
      const slot = row['slot'] as number;
      const facts = this.#facts.get(slot) as unknown as readonly (number | null)[];
      const [oldestMs, firstFreeMs, lastDelayMs, firstHeldMs, lastLeaseMs, lane] = facts;
      const ofBundles = this.#bundleFacts.get(slot) as unknown as readonly (number | null)[];
      const [oldestBundledMs, firstBundledMs, lastBundleMs, hasBundledLanes] = ofBundles;
      // Nearly always there is nothing to look for.
      const mayHaveDelays = Math.max(lastDelayMs ?? 0, (lastBundleMs ?? 0) + BUNDLE_SPAN_MS) > nowMs;
      return {
        queue: row['queue'] as number,
        definition: row['definition'] as string,
        messages: row['messages'] as number,
        nextOrder: row['next_order'] as number,
        oldestSentAtMs: earliest(oldestMs, oldestBundledMs),
        firstVisibleAtMs: earliest(firstFreeMs, firstHeldMs, firstBundledMs),
        hasLanes: lane !== null || hasBundledLanes === 1,
        leaseCount: (lastLeaseMs ?? 0) > nowMs ? addPlaces(packer, this.#leases.iterate(slot, nowMs)) : 0,
        delayedCount: mayHaveDelays ? addPlaces(packer, this.#delays(slot, nowMs, delayedLimit)) : 0,
      };
    });
    return { ...packer.packed(), queues };
  }

  /** What shows later, the next first. */
  *#delays(slot: number, nowMs: number, limit: number): Generator<Row> {
    const single = this.#delayed.iterate(slot, nowMs, limit);
    let left = limit;
    const bundled = rowsOf(this.#bundles.line(slot, nowMs, Infinity));
    for (const row of merged([single, bundled], BY_SHOWING)) {
      if (left === 0) return;
      left -= 1;
      yield row;
    }
  }
}

const BY_SHOWING = byTime(VISIBLE_AT);

/** The earliest of some times; undefined when there is none. */
function earliest(...timesMs: readonly (number | null | undefined)[]): number | undefined {
  const firstMs = Math.min(...timesMs.map((ms) => ms ?? Infinity));
  return firstMs === Infinity ? undefined : firstMs;
}

/** Adds the places of rows, and answers how many there were. */
function addPlaces(packer: Packer, rows: Iterable<unknown>): number {
  let count = 0;
  for (const row of rows) {
    addPlace(packer, row as Row);
    count += 1;
  }
  return count;
}
