import type { Bundle } from './bundle-code.ts';
import { numberOf, ORDER_AT, VISIBLE_AT, type Row } from './merged-rows.ts';
import type { Packed } from './packed.ts';
import { DamagedBytesError } from './sqlite-error.ts';

/*
 * Messages on their way from the reading thread. `numbers` says of each its place, the five numbers of its state, and where its content ends;
 * `bytes` holds the contents one after the other.
 */

/** Numbers of one message. */
export const PAGED_NUMBERS = 7;

/** Room for so many messages at first. */
const FIRST_ROOM = 64;

/** Contents that follow each other where they come from. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly startAt: number;
  endAt: number;
}

/** Puts messages together. Contents of a bundle that follow each other are copied at once. */
export class MessagePacker {
  #numbers = new Float64Array(FIRST_ROOM * PAGED_NUMBERS);
  #at = 0;
  readonly #pieces: Piece[] = [];
  #last: Piece | undefined;
  #sizeBytes = 0;

  /** A message by its row, and its content. */
  row(row: Row, content: Uint8Array): void {
    for (let column = ORDER_AT; column < PAGED_NUMBERS - 1; column += 1) this.#number(numberOf(row, column));
    this.#content(content, 0, content.length);
  }

  /** A message that nobody has touched, by its row of a bundle, and the contents of that bundle. */
  rowOfBundle(row: Row, contents: Uint8Array, startAt: number, endAt: number): void {
    this.#untouched(numberOf(row, ORDER_AT), numberOf(row, VISIBLE_AT));
    this.#content(contents, startAt, endAt);
  }

  /** A message of a bundle, and the contents of that bundle. */
  bundled(bundle: Bundle, which: number, contents: Uint8Array): void {
    this.#untouched(bundle.order(which), bundle.visibleAtMs(which));
    this.#content(contents, bundle.contentStart(which), bundle.contentEnd(which));
  }

  packed(): Packed {
    const bytes = new Uint8Array(this.#sizeBytes);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece.bytes.subarray(piece.startAt, piece.endAt), at);
      at += piece.endAt - piece.startAt;
    }
    return { numbers: this.#numbers.subarray(0, this.#at), bytes };
  }

  #untouched(order: number, visibleAtMs: number): void {
    this.#number(order);
    this.#number(visibleAtMs);
    for (let column = VISIBLE_AT + 1; column < PAGED_NUMBERS - 1; column += 1) this.#number(0);
  }

  /** The last number of a message. */
  #content(bytes: Uint8Array, startAt: number, endAt: number): void {
    if (endAt > bytes.length) throw new DamagedBytesError('the contents of a bundle are not all there');
    const last = this.#last;
    if (last !== undefined && last.bytes === bytes && last.endAt === startAt) last.endAt = endAt;
    else {
      this.#last = { bytes, startAt, endAt };
      this.#pieces.push(this.#last);
    }
    this.#sizeBytes += endAt - startAt;
    this.#number(this.#sizeBytes);
  }

  #number(value: number): void {
    if (this.#at === this.#numbers.length) {
      const wider = new Float64Array(this.#at * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[this.#at] = value;
    this.#at += 1;
  }
}
