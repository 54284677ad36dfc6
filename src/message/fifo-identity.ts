import { hash } from 'node:crypto';
import type { MessageId } from '../base/ids.ts';
import { blankUuids, writeUuid } from '../base/uuid-text.ts';

/**
 * The ids of the messages of a FIFO queue: a UUID follows from the queue's seed and the place, so that the answer to a duplicate
 * needs no memory of its original's id.
 */
export class FifoIds {
  readonly #seed: string;
  readonly #text = blankUuids(1);

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Of the message at this place. */
  at(order: number): MessageId {
    const bytes = hash('sha1', `${this.#seed}:${order}`, 'latin1');
    writeUuid((at) => bytes.charCodeAt(at), this.#text, 0);
    return this.#text.toString('latin1') as MessageId;
  }
}

/** The sequence number of the message at a place: 20 digits that rise with the place. */
export function sequenceNumber(order: number): string {
  return String(order).padStart(20, '0');
}
