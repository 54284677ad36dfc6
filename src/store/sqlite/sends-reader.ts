import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { freeBytes } from '../../base/free-bytes.ts';
import { arrays } from './array-rows.ts';
import { Packer, type Packed } from './packed.ts';

/** A question for what a FIFO queue remembers, in plain numbers. */
export interface SendsAsk {
  readonly queue: number;
  readonly fromOrder: number;
  readonly sinceMs: number;
}

/** Rows of first place, time and keys. */
export interface PackedSends extends Packed {
  readonly isLast: boolean;
}

/** Bytes of keys in one answer: 16 for each place. */
const PAGE_BYTES = 500_000;

/** Rows in one answer. */
const PAGE_ROWS = 2000;

/** Reads what FIFO queues remember of their sends. */
export class SendsReader {
  readonly #rows: StatementSync;

  constructor(database: DatabaseSync) {
    this.#rows = arrays(
      database,
      'SELECT first_order, at_ms, keys FROM remembered_sends WHERE queue = ? AND first_order >= ? AND at_ms >= ? ' +
        'ORDER BY first_order',
    );
  }

  page({ queue, fromOrder, sinceMs }: SendsAsk): PackedSends {
    const packer = new Packer();
    const read: Uint8Array[] = [];
    let isLast = true;
    for (const row of this.#rows.iterate(queue, fromOrder, sinceMs)) {
      isLast = read.length < PAGE_ROWS && packer.sizeBytes < PAGE_BYTES;
      if (!isLast) break;
      const [firstOrder, atMs, keys] = row as unknown as readonly [number, number, Uint8Array];
      packer.number(firstOrder);
      packer.number(atMs);
      packer.content(keys);
      read.push(keys);
    }
    const page = { ...packer.packed(), isLast };
    read.forEach(freeBytes);
    return page;
  }
}
