import type { MessageId } from '../base/ids.ts';
import { blankUuids, writeUuid } from '../base/uuid-text.ts';
import { digestNumbers, ID_NUMBERS, KEY_NUMBERS, type DeduplicationKey } from './deduplication.ts';

const SEQUENCE_DIGITS = 20;
const ZERO = '0'.charCodeAt(0);

/**
 * Ids and sequence numbers of the messages of a FIFO queue. They follow from the queue, the key and the place, so that the answer to a
 * duplicate needs no memory of what its original was answered. Texts are flat: who writes them down need not join pieces.
 */
export class FifoIdentity {
  readonly #seed: Uint32Array;
  readonly #numbers = new Uint32Array(ID_NUMBERS);
  readonly #uuid = blankUuids(1);
  readonly #digits = Buffer.alloc(SEQUENCE_DIGITS);

  /** `seed`: a text that no other queue has. */
  constructor(seed: string) {
    this.#seed = digestNumbers(seed, ID_NUMBERS);
  }

  /** A UUID for the message of this key at this place. */
  id(key: DeduplicationKey, order: number): MessageId {
    const [seed, numbers] = [this.#seed, this.#numbers];
    for (let at = 0; at < ID_NUMBERS; at += 1) numbers[at] = (seed[at] ?? 0) ^ (key[KEY_NUMBERS + at] ?? 0);
    // The key may come again after five minutes, at another place.
    numbers[2] = (numbers[2] ?? 0) ^ (order / 2 ** 32);
    numbers[3] = (numbers[3] ?? 0) ^ order;
    writeUuid((at) => byteOf(numbers, at), this.#uuid, 0);
    return this.#uuid.toString('latin1') as MessageId;
  }

  /** 20 digits that rise with the place. */
  sequenceNumber(order: number): string {
    let rest = order;
    for (let at = SEQUENCE_DIGITS - 1; at >= 0; at -= 1) {
      const upper = Math.floor(rest / 10);
      this.#digits[at] = ZERO + rest - upper * 10;
      rest = upper;
    }
    return this.#digits.toString('latin1');
  }
}

/** The bits that say what kind of UUID it is stand in the upper half of a number: a place is never lost with them. */
function byteOf(numbers: Uint32Array, at: number): number {
  return ((numbers[at >> 2] ?? 0) >>> (8 * (3 - (at & 3)))) & 0xff;
}
