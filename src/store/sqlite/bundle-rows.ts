import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { present } from '../../base/assert.ts';
import { encodeBundle, marksFor, type Bundle } from './bundle-code.ts';
import { BUNDLE_COLUMNS, bundleOf } from './bundle-columns.ts';
import { BundleCutter, type BundleSizes, type Cut } from './bundle-cutter.ts';
import type { RecentMessage } from './recent.ts';
import { MESSAGE_ID, ORDER_BITS, ORDER_MASK } from './slots.ts';
import { DamagedBytesError } from './sqlite-error.ts';
import { arrays } from './array-rows.ts';
import { prepareWrites } from './write.ts';

/** A message that was taken out of its bundle. */
export interface TakenOut {
  readonly sentAtMs: number;
  readonly sizeBytes: number;
  readonly lane: number;
  readonly content: Uint8Array;
}

/** Between which places the bundles of a slot stand. */
interface Range {
  readonly firstOrder: number;
  lastOrder: number;
}

/** The bundle that was last looked at, with what is to be written to it. */
interface Held {
  readonly slot: number;
  readonly bundle: Bundle;
  goneCount: number;
  isChanged: boolean;
}

const NO_RANGE: Range = { firstOrder: Infinity, lastOrder: 0 };

/**
 * Writes bundles: messages that nobody has touched, many to a row as they came. What goes is marked; the last that goes takes the row along.
 * A message that is touched leaves for rows of its own. Inside transactions; {@link write} ends each use.
 */
export class BundleRows {
  readonly #sizes: BundleSizes;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #at: StatementSync;
  readonly #content: StatementSync;
  readonly #first: StatementSync;
  readonly #last: StatementSync;
  readonly #through: StatementSync;
  readonly #ranges = new Map<number, Range>();
  #held: Held | undefined;

  constructor(database: DatabaseSync, sizes: BundleSizes) {
    this.#sizes = sizes;
    this.#statements = prepare(database);
    const inSlot = `id BETWEEN (?1 << ${ORDER_BITS}) AND (?1 << ${ORDER_BITS}) + ${ORDER_MASK}`;
    const here = `SELECT ${BUNDLE_COLUMNS} FROM bundle WHERE id BETWEEN (?1 << ${ORDER_BITS}) AND`;
    this.#at = arrays(database, `${here} (?1 << ${ORDER_BITS}) + ?2 ORDER BY id DESC LIMIT 1`);
    this.#through = arrays(database, `${here} (?1 << ${ORDER_BITS}) + ?2 ORDER BY id`);
    this.#content = arrays(
      database,
      `SELECT substr(content, ?, ?) FROM bundle_content WHERE id = ${MESSAGE_ID}`,
    );
    const edge = `SELECT id & ${ORDER_MASK}, last_order FROM bundle WHERE ${inSlot} ORDER BY id`;
    this.#first = arrays(database, `${edge} LIMIT 1`);
    this.#last = arrays(database, `${edge} DESC LIMIT 1`);
  }

  /** What is remembered of rows may be wrong: a transaction was rolled back. */
  forget(): void {
    this.#ranges.clear();
    this.#held = undefined;
  }

  /** The slot is left, and may hold another queue when it is next heard of. */
  forgetSlot(slot: number): void {
    this.#ranges.delete(slot);
    if (this.#held?.slot === slot) this.#held = undefined;
  }

  /** Takes messages of one slot, in their order; those that are to stand alone are handed back. */
  insert(slot: number, messages: readonly RecentMessage[], leave: (message: RecentMessage) => void): void {
    const take = (cut: Cut): void => this.#add(slot, cut);
    const cutter = new BundleCutter(this.#sizes, this.#range(slot).lastOrder, { take, leave });
    for (const message of messages) cutter.add(message);
    cutter.end();
  }

  /** Takes a message out; false when it stands in no bundle. */
  remove(slot: number, order: number): boolean {
    const held = this.#find(slot, order);
    if (held === undefined) return false;
    const which = held.bundle.from(order);
    if (which >= held.bundle.count || held.bundle.order(which) !== order || held.bundle.isGone(which))
      return false;
    mark(held, which);
    return true;
  }

  /** Takes a message out, and answers what is known of it; undefined when it stands in no bundle. */
  takeOut(slot: number, order: number): TakenOut | undefined {
    if (!this.remove(slot, order)) return undefined;
    const { bundle } = present(this.#held, 'the bundle of a message');
    const which = bundle.from(order);
    return {
      ...{ sentAtMs: bundle.sentAtMs(which), sizeBytes: bundle.sizeBytes(which) },
      ...{ lane: bundle.lane(which), content: this.#contentOf(slot, bundle, which) },
    };
  }

  /** Cut out by the database: the whole is many times as long. */
  #contentOf(slot: number, bundle: Bundle, which: number): Uint8Array {
    const startAt = bundle.contentStart(which);
    const length = bundle.contentEnd(which) - startAt;
    const row = this.#content.get(startAt + 1, length, slot, bundle.frame.firstOrder);
    const content = (row as unknown as readonly Uint8Array[] | undefined)?.[0];
    if (content?.length !== length) throw new DamagedBytesError('the contents of a bundle are not all there');
    return content;
  }

  /** Takes all through a place out. */
  removeThrough(slot: number, throughOrder: number): void {
    this.write();
    for (const row of this.#through.all(slot, throughOrder)) {
      const bundle = bundleOf(row);
      const held = hold(slot, bundle);
      for (let which = 0; which < bundle.count && bundle.order(which) <= throughOrder; which += 1)
        if (!bundle.isGone(which)) mark(held, which);
      this.#held = held;
      this.write();
    }
  }

  /** True when a message stands in a bundle behind this place. */
  hasBehind(slot: number, order: number): boolean {
    this.write();
    const row = this.#at.get(slot, ORDER_MASK);
    if (row === undefined) return false;
    const bundle = bundleOf(row);
    for (let which = bundle.count - 1; which >= 0 && bundle.order(which) > order; which -= 1)
      if (!bundle.isGone(which)) return true;
    return false;
  }

  /** Writes what has been marked. */
  write(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held?.isChanged !== true) return;
    const { slot, bundle, goneCount } = held;
    const { firstOrder } = bundle.frame;
    if (goneCount < bundle.count) return this.#statements.mark.run(bundle.gone, slot, firstOrder);
    this.#statements.remove.run(slot, firstOrder);
    this.#statements.removeContent.run(slot, firstOrder);
  }

  #add(slot: number, cut: Cut): void {
    const { messages, contentBytes, firstVisibleAtMs, lastVisibleAtMs, oldestSentAtMs, hasLanes } = cut;
    const firstOrder = present(messages[0], 'the first message of a bundle').order;
    const lastOrder = present(messages.at(-1), 'the last message of a bundle').order;
    const frame = { firstOrder, lastOrder, firstVisibleAtMs, oldestSentAtMs, hasLanes };
    const { heads, content } = encodeBundle(frame, messages, contentBytes);
    const times = [firstVisibleAtMs, lastVisibleAtMs, oldestSentAtMs] as const;
    const marks = marksFor(messages.length);
    this.#statements.add.run(slot, firstOrder, slot, lastOrder, ...times, hasLanes ? 1 : 0, marks, heads);
    this.#statements.addContent.run(slot, firstOrder, content);
    const range = this.#range(slot);
    if (range === NO_RANGE) this.#ranges.set(slot, { firstOrder, lastOrder });
    else range.lastOrder = lastOrder;
  }

  /** The bundle that may hold a place. */
  #find(slot: number, order: number): Held | undefined {
    const { firstOrder, lastOrder } = this.#range(slot);
    if (order < firstOrder || order > lastOrder) return undefined;
    const held = this.#held;
    if (held?.slot === slot && isWithin(held.bundle, order)) return held;
    this.write();
    const row = this.#at.get(slot, order);
    if (row === undefined) return undefined;
    this.#held = hold(slot, bundleOf(row));
    return isWithin(this.#held.bundle, order) ? this.#held : undefined;
  }

  #range(slot: number): Range {
    const known = this.#ranges.get(slot);
    if (known !== undefined) return known;
    const [first, last] = [this.#first, this.#last].map(
      (edge) => edge.get(slot) as unknown as readonly [number, number] | undefined,
    );
    const range =
      first === undefined || last === undefined ? NO_RANGE : { firstOrder: first[0], lastOrder: last[1] };
    this.#ranges.set(slot, range);
    return range;
  }
}

function isWithin({ frame }: Bundle, order: number): boolean {
  return order >= frame.firstOrder && order <= frame.lastOrder;
}

function hold(slot: number, bundle: Bundle): Held {
  let goneCount = 0;
  for (let which = 0; which < bundle.count; which += 1) if (bundle.isGone(which)) goneCount += 1;
  return { slot, bundle, goneCount, isChanged: false };
}

function mark(held: Held, which: number): void {
  const { gone } = held.bundle;
  gone[which >> 3] = (gone[which >> 3] ?? 0) | (1 << (which & 7));
  held.goneCount += 1;
  held.isChanged = true;
}

function prepare(database: DatabaseSync) {
  return prepareWrites(database, {
    add: `INSERT INTO bundle VALUES (${MESSAGE_ID}, ?, ?, ?, ?, ?, ?, ?, ?)`,
    addContent: `INSERT INTO bundle_content VALUES (${MESSAGE_ID}, ?)`,
    // Of the same length as before: it needs no room.
    mark: `UPDATE bundle SET gone = ? WHERE id = ${MESSAGE_ID}`,
    remove: `DELETE FROM bundle WHERE id = ${MESSAGE_ID}`,
    removeContent: `DELETE FROM bundle_content WHERE id = ${MESSAGE_ID}`,
  });
}
