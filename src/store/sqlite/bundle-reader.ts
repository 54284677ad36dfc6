import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { freeBytes } from '../../base/free-bytes.ts';
import type { Bundle } from './bundle-code.ts';
import { BUNDLE_COLUMNS, bundleOf } from './bundle-columns.ts';
import { BundledLanes } from './bundled-lanes.ts';
import { BUNDLE_SPAN_MS } from './bundle-cutter.ts';
import { BundleLine, type TimeOf } from './bundle-line.ts';
import { numberOf, SIZE_AT, type Row } from './merged-rows.ts';
import type { MessagePacker } from './message-packer.ts';
import { MESSAGE_ID, ORDER_BITS, ORDER_MASK } from './slots.ts';
import { arrays } from './array-rows.ts';

/** A row of a bundle says behind the columns of its message in which bundle its content stands, and where there. */
const BUNDLE_AT = 9;
const START_AT = 10;
const END_AT = 11;

/**
 * Reads messages that stand in bundles. Rows are those of a message that nobody has touched, in the columns of places with the size behind them;
 * their contents are had from {@link BundleReader.contents}.
 */
export class BundleReader {
  readonly #line: StatementSync;
  readonly #byAge: StatementSync;
  readonly #between: StatementSync;
  readonly #at: StatementSync;
  readonly #content: StatementSync;

  constructor(database: DatabaseSync) {
    const bundles = `SELECT ${BUNDLE_COLUMNS} FROM bundle WHERE`;
    const since = 'slot = ? AND first_visible_ms >= ? AND last_visible_ms >= ?';
    this.#line = arrays(database, `${bundles} ${since} ORDER BY first_visible_ms`);
    this.#byAge = arrays(database, `${bundles} slot = ? ORDER BY oldest_sent_ms`);
    const beginning = `bundle.id BETWEEN (?1 << ${ORDER_BITS}) AND (?1 << ${ORDER_BITS}) + ?2 ORDER BY id DESC LIMIT 1`;
    this.#at = arrays(database, `${bundles} ${beginning}`);
    const first = `coalesce((SELECT id FROM bundle WHERE ${beginning}), (?1 << ${ORDER_BITS}) + ?2)`;
    const between = `bundle.id BETWEEN ${first} AND (?1 << ${ORDER_BITS}) + ?3 ORDER BY id`;
    this.#between = arrays(database, `${bundles} ${between}`);
    this.#content = arrays(database, `SELECT content FROM bundle_content WHERE id = ${MESSAGE_ID}`);
  }

  /** In line behind a place: by the time at which they show, then by order. */
  line(slot: number, afterMs: number, afterOrder: number): BundleLine {
    const isBehind = (ms: number, order: number): boolean =>
      ms > afterMs || (ms === afterMs && order > afterOrder);
    const bundles = this.#line.iterate(slot, afterMs - BUNDLE_SPAN_MS, afterMs);
    return new BundleLine(bundles, VISIBLE, isBehind);
  }

  /** By the time at which they were sent, then by order. */
  byAge(slot: number): BundleLine {
    return new BundleLine(this.#byAge.iterate(slot), SENT, () => true);
  }

  /** Those that hold messages from a place on, in order. */
  from(slot: number, order: number): Generator<Bundle> {
    return this.#bundlesBetween(slot, order, ORDER_MASK);
  }

  /** Messages by lane, for as long as one moment is read. */
  lanes(slot: number): BundledLanes {
    return new BundledLanes((from, through) => this.#bundlesBetween(slot, from, through));
  }

  /** The message at a place, if it stands in a bundle. */
  at(slot: number, order: number): Row | undefined {
    const bundle = this.#find(slot, order);
    if (bundle === undefined) return undefined;
    const which = bundle.from(order);
    const isThere = which < bundle.count && bundle.order(which) === order && !bundle.isGone(which);
    return isThere ? rowOf(bundle, which) : undefined;
  }

  /** The contents of rows of one slot, for as long as one moment is read. */
  contents(slot: number): BundleContents {
    return new BundleContents((firstOrder) => {
      const row = this.#content.get(slot, firstOrder) as unknown as readonly Uint8Array[] | undefined;
      return row?.[0] ?? new Uint8Array();
    });
  }

  /** Those that stand between two places, or reach into them. */
  *#bundlesBetween(slot: number, from: number, through: number): Generator<Bundle> {
    for (const row of this.#between.iterate(slot, from, through)) yield bundleOf(row);
  }

  /** The last bundle that begins at a place or before it. */
  #find(slot: number, order: number): Bundle | undefined {
    const row = this.#at.get(slot, order);
    return row === undefined ? undefined : bundleOf(row);
  }
}

const VISIBLE: TimeOf = {
  first: ({ frame }) => frame.firstVisibleAtMs,
  of: (bundle, which) => bundle.visibleAtMs(which),
};

const SENT: TimeOf = {
  first: ({ frame }) => frame.oldestSentAtMs,
  of: (bundle, which) => bundle.sentAtMs(which),
};

/** The messages of a line as rows; the line is let go with them. */
export function* rowsOf(line: BundleLine): Generator<Row> {
  try {
    for (let place = line.take(); place !== undefined; place = line.take())
      yield rowOf(place.bundle, place.which);
  } finally {
    line.end();
  }
}

/** Contents of bundles, each read once. What is packed of them is copied at the end, so that none could be let go before. */
export class BundleContents implements Disposable {
  readonly #read: (firstOrder: number) => Uint8Array;
  readonly #contents = new Map<number, Uint8Array>();
  #lastOrder = -1;
  #last: Uint8Array = new Uint8Array();

  constructor(read: (firstOrder: number) => Uint8Array) {
    this.#read = read;
  }

  /** All contents of the bundle that begins at this place. */
  of(firstOrder: number): Uint8Array {
    if (firstOrder !== this.#lastOrder) {
      this.#last = this.#find(firstOrder);
      this.#lastOrder = firstOrder;
    }
    return this.#last;
  }

  #find(firstOrder: number): Uint8Array {
    let content = this.#contents.get(firstOrder);
    if (content === undefined) {
      content = this.#read(firstOrder);
      this.#contents.set(firstOrder, content);
    }
    return content;
  }

  /** The moment is over: what was read has been copied. */
  [Symbol.dispose](): void {
    this.#contents.forEach(freeBytes);
  }
}

/** Adds the message of a row. Its content stands in the bundle that the row is of; of any other row `ownContent` is asked for it. */
export function packRow(
  packer: MessagePacker,
  row: Row,
  contents: BundleContents,
  ownContent: (row: Row) => Uint8Array,
): void {
  if (row.length <= END_AT) return packer.row(row, ownContent(row));
  packer.rowOfBundle(
    row,
    contents.of(numberOf(row, BUNDLE_AT)),
    numberOf(row, START_AT),
    numberOf(row, END_AT),
  );
}

/** The content that stands in a row behind its size. */
export function contentInRow(row: Row): Uint8Array {
  return row[SIZE_AT + 1] as Uint8Array;
}

/** The row of a message. */
export function rowOf(bundle: Bundle, which: number): Row {
  const { firstOrder } = bundle.frame;
  const [order, visibleAtMs, sentAtMs] = [
    bundle.order(which),
    bundle.visibleAtMs(which),
    bundle.sentAtMs(which),
  ];
  const [lane, sizeBytes] = [bundle.lane(which), bundle.sizeBytes(which)];
  const [start, end] = [bundle.contentStart(which), bundle.contentEnd(which)];
  return [order, visibleAtMs, 0, 0, 0, 0, sentAtMs, lane, sizeBytes, firstOrder, start, end];
}
