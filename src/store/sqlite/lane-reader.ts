import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { present } from '../../base/assert.ts';
import type { LanePageQuery } from '../queue-store.ts';
import { arrays } from './array-rows.ts';
import { BundleReader } from './bundle-reader.ts';
import type { InBundle } from './bundle-line.ts';
import { inLane, type BundledLanes } from './bundled-lanes.ts';
import { packParts } from './lane-parts.ts';
import { BundledPlace, LaneLine, RowPlace, type Contents, type LanePlace } from './lane-place.ts';
import { nextOf, numberOf, ORDER_AT, type Row } from './merged-rows.ts';
import { MessagePacker } from './message-packer.ts';
import type { Packed } from './packed.ts';
import { EPOCH_BITS, MESSAGE_ID, ORDER_BITS, ORDER_MASK } from './slots.ts';
import { PLACE_COLUMNS } from './stored-queues.ts';

/** A question for messages by lane, in plain numbers. */
export type LaneAsk = LanePageQuery;

/** Rows lane by lane, and what is known of each lane. */
export interface PackedLanePage extends Packed {
  /** See `lane-parts.ts`. */
  readonly parts: Float64Array<ArrayBuffer>;
  readonly lastOrder: number;
  readonly isLast: boolean;
  readonly nextMs: number | undefined;
}

const PLACES = `SELECT ${PLACE_COLUMNS}, size_bytes FROM standing`;

/** What one page may cost that looks for lanes by name: a look into a bundle is 1. */
const MOST_COST = 4000;

/** A look into an epoch costs so much for each lane, beside its bundles, which are looked into once. */
const EPOCH_COST = 2;

/**
 * Reads messages by lane: in the order of their places whatever their lanes, or of one lane by way of an index. The index goes by
 * epochs of places first, so that what is sent and settled at about the same time stands together in it.
 */
export class LaneReader {
  readonly #database: DatabaseSync;
  readonly #slot: StatementSync;
  readonly #behind: StatementSync;
  readonly #ofEpoch: StatementSync;
  readonly #content: StatementSync;
  readonly #bundles: BundleReader;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#slot = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    const inSlot = `id > ${MESSAGE_ID} AND id <= (? << ${ORDER_BITS}) + ${ORDER_MASK}`;
    this.#behind = arrays(database, `${PLACES} WHERE ${inSlot} ORDER BY id`);
    const ofLane = `id >> ${EPOCH_BITS} = ${MESSAGE_ID} >> ${EPOCH_BITS} AND lane = ?`;
    this.#ofEpoch = arrays(
      database,
      `${PLACES} WHERE ${ofLane} AND id BETWEEN ${MESSAGE_ID} AND ${MESSAGE_ID} ORDER BY id`,
    );
    this.#content = arrays(database, `SELECT content FROM message WHERE id = ${MESSAGE_ID}`);
    this.#bundles = new BundleReader(database);
  }

  page(ask: LaneAsk): PackedLanePage {
    this.#database.exec('BEGIN');
    try {
      const slot = this.#slot.get(ask.queue)?.['slot'];
      const reading = new Reading(ask);
      if (typeof slot !== 'number') return { ...reading.end(), lastOrder: 0, isLast: true };
      const bundled = this.#bundles.lanes(slot);
      let left = MOST_COST;
      for (const { lane, fromOrder } of ask.lanes) {
        const part = new Part(lane);
        reading.parts.push(part);
        left = this.#goOn(slot, part, fromOrder, { reading, bundled, left });
      }
      const look = ask.afterOrder === undefined ? NO_LOOK : this.#look(slot, ask.afterOrder, reading);
      using contents = this.#bundles.contents(slot);
      const ofRow = (row: Row): Uint8Array => this.#contentOf(slot, row);
      return { ...reading.end({ bundled: contents, ofRow }), ...look };
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  /** The next of a lane that is named, epoch by epoch; answers what is left for other lanes. */
  #goOn(slot: number, part: Part, fromOrder: number, { reading, bundled, ...most }: GoingOn): number {
    const { throughOrder } = reading.ask;
    let { left } = most;
    const lookIntoBundle = (): void => void (left -= 1);
    for (let from = fromOrder; from <= throughOrder; from = nextEpoch(from)) {
      if (left <= 0) {
        part.nextOrder = from;
        return 0;
      }
      left -= EPOCH_COST;
      const through = Math.min(throughOrder, nextEpoch(from) - 1);
      const single = this.#ofEpoch.iterate(slot, from, part.lane, slot, from, slot, through);
      const bundles = bundled.ofEpoch(firstOfEpoch(from), nextEpoch(from) - 1, lookIntoBundle);
      const found = inLane(bundles, part.lane, from, through);
      takeAll(reading, part, single, found);
      if (part.nextOrder !== undefined) return left;
    }
    return left;
  }

  /** What stands behind a place, whatever its lane. */
  #look(slot: number, afterOrder: number, reading: Reading): typeof NO_LOOK {
    const { lookCount } = reading.ask;
    let lastOrder = afterOrder;
    let looked = 0;
    const single = this.#behind.iterate(slot, afterOrder, slot);
    const line = new LaneLine(single, this.#bundles.from(slot, afterOrder + 1), afterOrder + 1);
    try {
      for (let place = line.take(); place !== undefined; place = line.take()) {
        const untilMs = reading.hidesAllBehind(place);
        if (untilMs !== undefined) return { lastOrder, isLast: false, nextMs: untilMs };
        if (looked >= lookCount || reading.isFullFor(place))
          return { lastOrder, isLast: false, nextMs: undefined };
        looked += 1;
        lastOrder = place.order;
        reading.lookAt(place);
      }
      return { lastOrder, isLast: true, nextMs: undefined };
    } finally {
      line.end();
    }
  }

  #contentOf(slot: number, row: Row): Uint8Array {
    const found = this.#content.get(slot, numberOf(row, ORDER_AT)) as unknown as
      | readonly Uint8Array[]
      | undefined;
    return present(found?.[0], 'the content of a message');
  }
}

/** A page on its way from one lane to the next. */
interface GoingOn {
  readonly reading: Reading;
  readonly bundled: BundledLanes;
  /** What it may still cost. */
  readonly left: number;
}

/** What a page says that did not look behind any place. */
const NO_LOOK: { readonly lastOrder: number; readonly isLast: boolean; readonly nextMs: number | undefined } =
  {
    ...{ lastOrder: 0, isLast: true, nextMs: undefined },
  };

const EPOCH_PLACES = 2 ** EPOCH_BITS;

/** The first place of a place's epoch. */
function firstOfEpoch(order: number): number {
  return Math.floor(order / EPOCH_PLACES) * EPOCH_PLACES;
}

/** The first place of the epoch behind that of a place. */
function nextEpoch(order: number): number {
  return firstOfEpoch(order) + EPOCH_PLACES;
}

/** What was found of one lane. */
class Part {
  readonly lane: number;
  readonly places: LanePlace[] = [];
  nextOrder: number | undefined;
  hiddenUntilMs: number | undefined;

  constructor(lane: number) {
    this.lane = lane;
  }
}

/** One page while it is being put together. */
class Reading {
  readonly ask: LaneAsk;
  readonly parts: Part[] = [];
  readonly #found = new Map<number, Part>();
  readonly #without: ReadonlySet<number>;
  #count = 0;
  #sizeBytes = 0;

  constructor(ask: LaneAsk) {
    this.ask = ask;
    this.#without = new Set(ask.without);
  }

  /** On a FIFO queue a message that is delayed delays all that were sent after it: until when. */
  hidesAllBehind(place: LanePlace): number | undefined {
    const isNew = this.ask.delayMs !== undefined && !place.wasReceived;
    const visibleAtMs = this.#visibleAtMs(place);
    return isNew && visibleAtMs >= this.ask.visibleBeforeMs ? visibleAtMs : undefined;
  }

  /** True when the message would go beyond the limits of the page. */
  isFullFor(place: LanePlace): boolean {
    const { limit, limitSizeBytes } = this.ask;
    const sizeBytes = this.#sizeBytes + place.sizeBytes;
    return this.#count >= limit || (this.#count > 0 && sizeBytes > limitSizeBytes);
  }

  /** Takes a message of a lane that was not named, if it may be had. */
  lookAt(place: LanePlace): void {
    const { lane } = place;
    if (lane === 0 || this.#without.has(lane)) return;
    const isHidden = this.#visibleAtMs(place) >= this.ask.visibleBeforeMs;
    if (isHidden && this.ask.delayMs === undefined) return;
    let part = this.#found.get(lane);
    if (part === undefined) {
      part = new Part(lane);
      this.#found.set(lane, part);
      this.parts.push(part);
    }
    if (part.nextOrder === undefined) this.take(part, place);
  }

  /** Takes the next message of a lane, or notes that it goes on there. */
  take(part: Part, place: LanePlace): void {
    const visibleAtMs = this.#visibleAtMs(place);
    const isHidden = visibleAtMs >= this.ask.visibleBeforeMs;
    if (isHidden || part.places.length >= this.ask.perLane || this.isFullFor(place)) {
      part.nextOrder = place.order;
      part.hiddenUntilMs = isHidden ? visibleAtMs : undefined;
      return;
    }
    part.places.push(place);
    this.#count += 1;
    this.#sizeBytes += place.sizeBytes;
  }

  /** The messages lane by lane; there are contents unless there are no messages. */
  end(contents?: Contents): Packed & Pick<PackedLanePage, 'parts' | 'nextMs'> {
    const packer = new MessagePacker();
    if (contents !== undefined)
      for (const { places } of this.parts) for (const place of places) place.pack(packer, contents);
    return { ...packer.packed(), parts: packParts(this.parts), nextMs: undefined };
  }

  #visibleAtMs(place: LanePlace): number {
    const { delayMs } = this.ask;
    return delayMs !== undefined && !place.wasReceived ? place.sentAtMs + delayMs : place.visibleAtMs;
  }
}

/** Takes messages of a lane in order of places, those of rows and those of bundles, until it notes where the lane goes on. */
function takeAll(reading: Reading, part: Part, rows: Iterator<unknown>, found: readonly InBundle[]): void {
  let at = 0;
  try {
    for (let row = nextOf(rows); part.nextOrder === undefined;) {
      const bundled = found[at];
      const isRowNext =
        row !== undefined &&
        (bundled === undefined || numberOf(row, ORDER_AT) < bundled.bundle.order(bundled.which));
      if (row !== undefined && isRowNext) {
        reading.take(part, new RowPlace(row));
        row = nextOf(rows);
      } else if (bundled !== undefined) {
        reading.take(part, new BundledPlace(bundled.bundle, bundled.which));
        at += 1;
      } else return;
    }
  } finally {
    rows.return?.();
  }
}
