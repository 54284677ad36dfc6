import { present } from '../../base/assert.ts';
import type { Message } from '../../message/message.ts';
import type { Holder, MessageState } from '../change.ts';
import { encodeHead } from './message-code.ts';

/**
 * Rows on their way between threads: two buffers that change owner instead of being copied, whatever the number of rows.
 * `numbers` holds fields one after the other; `bytes` the contents of messages, each after its length (4 bytes, little endian).
 */
export interface Packed {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Rows, and the time that the first row not among them stands at. */
export interface PackedPage extends Packed {
  readonly nextMs: number | undefined;
}

const HOLDERS: readonly Holder[] = ['nobody', 'client', 'dispatcher'];

/** The holder that a number stands for. */
export function holderOf(number: number): Holder {
  return present(HOLDERS[number], 'the holder');
}

/** The buffers to hand over with a {@link Packed}. */
export function buffersOf(packed: Packed): ArrayBuffer[] {
  return [packed.numbers.buffer, packed.bytes.buffer];
}

/** Puts rows together, field by field. */
export class Packer {
  readonly #numbers: number[] = [];
  readonly #contents: (Uint8Array | { readonly head: string; readonly body: string })[] = [];
  #sizeBytes = 0;

  /** Bytes of contents so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  number(value: number): void {
    this.#numbers.push(value);
  }

  /** Whole milliseconds: a fraction is rounded up, so that nothing shows too early. */
  state(state: MessageState): void {
    this.#numbers.push(
      Math.ceil(state.visibleAtMs),
      HOLDERS.indexOf(state.holder),
      state.receiveCount,
      Math.ceil(state.firstReceivedAtMs),
      Math.ceil(state.leasedAtMs),
    );
  }

  message(message: Message): void {
    const head = encodeHead(message);
    this.#contents.push({ head, body: message.body });
    this.#sizeBytes += 8 + Buffer.byteLength(head) + Buffer.byteLength(message.body);
  }

  content(bytes: Uint8Array): void {
    this.#contents.push(bytes);
    this.#sizeBytes += 4 + bytes.length;
  }

  packed(): Packed {
    const bytes = Buffer.from(new ArrayBuffer(this.#sizeBytes));
    let at = 0;
    for (const content of this.#contents) {
      const startAt = at + 4;
      if (content instanceof Uint8Array) {
        bytes.set(content, startAt);
        at = startAt + content.length;
      } else {
        const bodyAt = startAt + 4 + bytes.write(content.head, startAt + 4, 'utf8');
        bytes.writeUInt32LE(bodyAt - startAt - 4, startAt);
        at = bodyAt + bytes.write(content.body, bodyAt, 'utf8');
      }
      bytes.writeUInt32LE(at - startAt, startAt - 4);
    }
    return { numbers: new Float64Array(this.#numbers), bytes: new Uint8Array(bytes.buffer) };
  }
}

/** Takes rows apart, in the order in which they were put together. */
export class Unpacker {
  readonly #numbers: Float64Array;
  readonly #bytes: Buffer;
  #at = 0;
  #bytesAt = 0;

  constructor(packed: Packed) {
    this.#numbers = packed.numbers;
    this.#bytes = Buffer.from(packed.bytes.buffer);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#numbers.length;
  }

  number(): number {
    return present(this.#numbers[this.#at++], 'the next number');
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** Leaves out the fields of a message that was added: order, state, time of sending, size, lane, content. */
  skipAdded(): void {
    this.skip(9);
    this.content();
  }

  state(): MessageState {
    return {
      visibleAtMs: this.number(),
      holder: holderOf(this.number()),
      receiveCount: this.number(),
      firstReceivedAtMs: this.number(),
      leasedAtMs: this.number(),
    };
  }

  /** Where the next number stands. */
  get numbersAt(): number {
    return this.#at;
  }

  /** Passes the next content: where it stands, for {@link contentOf}. */
  passContent(): number {
    const at = this.#bytesAt;
    this.#bytesAt = at + 4 + this.#bytes.readUInt32LE(at);
    return at;
  }

  content(): Buffer {
    const startAt = this.#bytesAt + 4;
    this.#bytesAt = startAt + this.#bytes.readUInt32LE(this.#bytesAt);
    return this.#bytes.subarray(startAt, this.#bytesAt);
  }
}

/** Bytes of the content that stands at a place among the bytes. */
export function contentSizeOf({ bytes }: Packed, at: number): number {
  // Byte by byte: it is asked for each message, and a view for each costs more.
  const upper = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return upper * 2 ** 16 + (((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0));
}

/** The content that stands at a place among the bytes. */
export function contentOf(packed: Packed, at: number): Uint8Array {
  const startAt = at + 4;
  return packed.bytes.subarray(startAt, startAt + contentSizeOf(packed, at));
}
