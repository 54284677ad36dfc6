import { present } from '../../base/assert.ts';
import { freeBytes } from '../../base/free-bytes.ts';
import type { MessageState } from '../change.ts';
import type { StoredMessage, StoredMessages } from '../queue-store.ts';
import { decodeMessage } from './message-code.ts';
import { PAGED_NUMBERS } from './message-packer.ts';
import { holderOf, type Packed } from './packed.ts';

/** Messages from the reading thread, each made when it is asked for. */
export class PackedMessages implements StoredMessages {
  readonly length: number;
  /** Bytes that they take together. */
  readonly sizeBytes: number;
  readonly #numbers: Float64Array;
  readonly #contents: Buffer;

  constructor({ numbers, bytes }: Packed) {
    this.length = numbers.length / PAGED_NUMBERS;
    this.sizeBytes = numbers.byteLength + bytes.byteLength;
    this.#numbers = numbers;
    this.#contents = Buffer.from(bytes.buffer);
  }

  at(index: number): StoredMessage | undefined {
    const which = index < 0 ? this.length + index : index;
    if (which < 0 || which >= this.length) return undefined;
    const at = which * PAGED_NUMBERS;
    const startAt = which === 0 ? 0 : numberAt(this.#numbers, at - 1);
    const endAt = numberAt(this.#numbers, at + PAGED_NUMBERS - 1);
    return {
      order: numberAt(this.#numbers, at),
      state: stateAt(this.#numbers, at + 1),
      message: decodeMessage(this.#contents, startAt, endAt),
    };
  }

  release(): void {
    freeBytes(this.#numbers);
    freeBytes(this.#contents);
  }

  /** The place of each. */
  orders(): Float64Array {
    const orders = new Float64Array(this.length);
    for (let which = 0; which < orders.length; which += 1)
      orders[which] = numberAt(this.#numbers, which * PAGED_NUMBERS);
    return orders;
  }

  *[Symbol.iterator](): Generator<StoredMessage> {
    for (let which = 0; which < this.length; which += 1)
      yield present(this.at(which), 'a message of the page');
  }
}

/** Messages from the reading thread, all of them at once. */
export function unpackMessages(packed: Packed): StoredMessage[] {
  return [...new PackedMessages(packed)];
}

function stateAt(numbers: Float64Array, at: number): MessageState {
  return {
    visibleAtMs: numberAt(numbers, at),
    holder: holderOf(numberAt(numbers, at + 1)),
    receiveCount: numberAt(numbers, at + 2),
    firstReceivedAtMs: numberAt(numbers, at + 3),
    leasedAtMs: numberAt(numbers, at + 4),
  };
}

function numberAt(numbers: Float64Array, at: number): number {
  return present(numbers[at], 'a number of the message');
}
