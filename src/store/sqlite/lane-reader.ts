import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LanePageQuery, LanePart } from '../queue-store.ts';
import { Packer, type Packed } from './packed.ts';
import { SIZE_AT, WITH_CONTENT } from './pages.ts';
import { ORDER_BITS } from './slots.ts';
import { addRow, arrays } from './stored-queues.ts';

/** A question for messages by lane, in plain numbers. */
export type LaneAsk = LanePageQuery;

/** Rows lane by lane, and what is known of each lane. */
export interface PackedLanePage extends Packed {
  readonly parts: readonly LanePart[];
  readonly lastLane: number | undefined;
  readonly nextMs: number | undefined;
}

const ID = `((? << ${ORDER_BITS}) | ?)`;
const OF_SLOT = `standing.id >> ${ORDER_BITS} = ?`;

/** Of a row of messages: the places of these columns. */
const ORDER_AT = 0;
const VISIBLE_AT = 1;
const RECEIVES_AT = 3;
const SENT_AT = 6;

type Row = readonly (number | Uint8Array)[];

/** Reads messages by lane, by way of the index on lanes: what a lane holds besides costs nothing. */
export class LaneReader {
  readonly #database: DatabaseSync;
  readonly #slot: StatementSync;
  readonly #next: StatementSync;
  readonly #rows: StatementSync;
  readonly #visible: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#slot = database.prepare('SELECT slot FROM queue WHERE queue = ?');
    const head = 'SELECT lane, visible_at_ms, receive_count, sent_at_ms FROM standing';
    this.#next = database.prepare(`${head} WHERE ${OF_SLOT} AND lane > ? ORDER BY lane, id LIMIT 1`);
    const ofLane = `${WITH_CONTENT} WHERE ${OF_SLOT} AND lane = ? AND standing.id >= ${ID}`;
    this.#rows = arrays(database, `${ofLane} ORDER BY standing.id`);
    this.#visible = arrays(database, `${ofLane} AND visible_at_ms < ? ORDER BY standing.id`);
  }

  page(ask: LaneAsk): PackedLanePage {
    this.#database.exec('BEGIN');
    try {
      const slot = this.#slot.get(ask.queue)?.['slot'];
      const reading = new Reading(ask);
      const lastLane = typeof slot === 'number' ? this.#read(slot, ask, reading) : undefined;
      return { ...reading.packer.packed(), parts: reading.parts, lastLane, nextMs: reading.nextMs };
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  /** The last lane that was looked at; undefined when there is none behind it. */
  #read(slot: number, ask: LaneAsk, reading: Reading): number | undefined {
    for (const { lane, fromOrder } of ask.lanes)
      reading.part(lane, this.#iterate(slot, lane, fromOrder, ask));
    if (ask.afterLane === undefined) return undefined;
    let last = ask.afterLane;
    for (let looked = 0; looked < ask.laneCount && !reading.isFull; looked += 1) {
      const head = this.#next.get(slot, last) as Readonly<Record<string, number>> | undefined;
      if (head === undefined) return undefined;
      last = Number(head['lane']);
      if (ask.without.includes(last)) continue;
      const isNew = ask.delayMs !== undefined && head['receive_count'] === 0;
      const visibleAtMs = isNew
        ? Number(head['sent_at_ms']) + (ask.delayMs ?? 0)
        : Number(head['visible_at_ms']);
      if (ask.delayMs !== undefined && visibleAtMs >= ask.visibleBeforeMs) reading.passOver(visibleAtMs);
      else reading.part(last, this.#iterate(slot, last, 0, ask));
    }
    return last;
  }

  #iterate(slot: number, lane: number, fromOrder: number, ask: LaneAsk): Iterable<unknown> {
    if (ask.delayMs !== undefined) return this.#rows.iterate(slot, lane, slot, fromOrder);
    return this.#visible.iterate(slot, lane, slot, fromOrder, ask.visibleBeforeMs);
  }
}

/** One page while it is being put together. */
class Reading {
  readonly packer = new Packer();
  readonly parts: LanePart[] = [];
  nextMs: number | undefined;
  isFull = false;
  readonly #ask: LaneAsk;
  #count = 0;
  #sizeBytes = 0;

  constructor(ask: LaneAsk) {
    this.#ask = ask;
  }

  /** A lane whose first message is hidden until this time. */
  passOver(visibleAtMs: number): void {
    this.nextMs = Math.min(this.nextMs ?? Infinity, visibleAtMs);
  }

  part(lane: number, rows: Iterable<unknown>): void {
    let count = 0;
    for (const each of rows) {
      const row = each as Row;
      const visibleAtMs = this.#visibleAtMs(row);
      const isHidden = visibleAtMs >= this.#ask.visibleBeforeMs;
      if (isHidden || count >= this.#ask.perLane || !this.#fits(row)) {
        const hiddenUntilMs = isHidden ? visibleAtMs : undefined;
        this.parts.push({ lane, count, nextOrder: Number(row[ORDER_AT]), hiddenUntilMs });
        return;
      }
      addRow(this.packer, row);
      count += 1;
    }
    this.parts.push({ lane, count, nextOrder: undefined, hiddenUntilMs: undefined });
  }

  #fits(row: Row): boolean {
    const sizeBytes = this.#sizeBytes + Number(row[SIZE_AT]);
    this.isFull ||= this.#count >= this.#ask.limit;
    this.isFull ||= this.#count > 0 && sizeBytes > this.#ask.limitSizeBytes;
    if (this.isFull) return false;
    this.#count += 1;
    this.#sizeBytes = sizeBytes;
    return true;
  }

  #visibleAtMs(row: Row): number {
    const { delayMs } = this.#ask;
    const isNew = delayMs !== undefined && row[RECEIVES_AT] === 0;
    return isNew ? Number(row[SENT_AT]) + delayMs : Number(row[VISIBLE_AT]);
  }
}
