import { contentOf } from './packed.ts';
import { laneOf, sentAtMsOf, sizeBytesOf, visibleAtMsOf, type RecentMessage } from './recent.ts';
import { DamagedBytesError } from './sqlite-error.ts';

/*
 * The heads of a bundle, a row of numbers for each message, in order of places; all of 4 bytes, little endian:
 *   its place, counted from the first place of the bundle
 *   when it shows, counted from the first that shows
 *   when it was sent, counted from the oldest
 *   its size
 *   where its content ends among the contents
 *   its lane, in a bundle with lanes: the upper part, and the lower one
 * Another form is another format version.
 */
const PLACE = 0;
const VISIBLE = 1;
const SENT = 2;
const SIZE = 3;
const CONTENT_END = 4;
const LANE = 5;
const WITHOUT_LANE = 5;
const WITH_LANE = 7;

const UPPER = 2 ** 32;

/** What a bundle's row says beside its heads. */
export interface BundleFrame {
  readonly firstOrder: number;
  readonly lastOrder: number;
  readonly firstVisibleAtMs: number;
  readonly oldestSentAtMs: number;
  readonly hasLanes: boolean;
}

/** One bit for each message, the lowest first. */
export function marksFor(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.ceil(count / 8));
}

/** Puts the heads and the contents of messages together; they stand in order of places. */
export function encodeBundle(
  frame: BundleFrame,
  messages: readonly RecentMessage[],
  contentBytes: number,
): { readonly heads: Uint8Array; readonly content: Uint8Array } {
  const stride = frame.hasLanes ? WITH_LANE : WITHOUT_LANE;
  const numbers = new Uint32Array(messages.length * stride);
  const content = new Uint8Array(contentBytes);
  let at = 0;
  let endAt = 0;
  for (const message of messages) {
    const bytes = contentOf(message.group, message.contentAt);
    content.set(bytes, endAt);
    endAt += bytes.length;
    numbers[at + PLACE] = message.order - frame.firstOrder;
    numbers[at + VISIBLE] = visibleAtMsOf(message) - frame.firstVisibleAtMs;
    numbers[at + SENT] = sentAtMsOf(message) - frame.oldestSentAtMs;
    numbers[at + SIZE] = sizeBytesOf(message);
    numbers[at + CONTENT_END] = endAt;
    if (frame.hasLanes) {
      numbers[at + LANE] = Math.floor(laneOf(message) / UPPER);
      numbers[at + LANE + 1] = laneOf(message) % UPPER;
    }
    at += stride;
  }
  return { heads: new Uint8Array(numbers.buffer), content };
}

/** The messages of a bundle, each under its number from 0 on, and which of them are gone. */
export class Bundle {
  readonly frame: BundleFrame;
  readonly count: number;
  /** A bit for each message that is gone. */
  readonly gone: Uint8Array;
  readonly #numbers: Uint32Array;
  readonly #stride: number;

  /** Bytes as they stand in the row. Throws {@link DamagedBytesError} for what was not written so. */
  constructor(frame: BundleFrame, gone: Uint8Array, heads: Uint8Array) {
    this.frame = frame;
    this.gone = gone;
    this.#numbers = numbersOf(heads);
    this.#stride = frame.hasLanes ? WITH_LANE : WITHOUT_LANE;
    this.count = this.#numbers.length / this.#stride;
    this.#check(heads.length);
  }

  order(which: number): number {
    return this.frame.firstOrder + this.#number(which, PLACE);
  }

  visibleAtMs(which: number): number {
    return this.frame.firstVisibleAtMs + this.#number(which, VISIBLE);
  }

  sentAtMs(which: number): number {
    return this.frame.oldestSentAtMs + this.#number(which, SENT);
  }

  sizeBytes(which: number): number {
    return this.#number(which, SIZE);
  }

  lane(which: number): number {
    if (!this.frame.hasLanes) return 0;
    return this.#number(which, LANE) * UPPER + this.#number(which, LANE + 1);
  }

  /** Where its content begins and ends among those of the bundle. */
  contentStart(which: number): number {
    return which === 0 ? 0 : this.#number(which - 1, CONTENT_END);
  }

  contentEnd(which: number): number {
    return this.#number(which, CONTENT_END);
  }

  isGone(which: number): boolean {
    return ((this.gone[which >> 3] ?? 0) & (1 << (which & 7))) !== 0;
  }

  /** The number of the first message at this place or behind it; the count when there is none. */
  from(order: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order(middle) < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The number of the first message of a lane from this number on; the count when there is none. */
  nextOf(lane: number, from: number): number {
    if (!this.frame.hasLanes) return lane === 0 ? from : this.count;
    const [upper, lower] = [Math.floor(lane / UPPER), lane % UPPER];
    const numbers = this.#numbers;
    let at = from * WITH_LANE + LANE;
    while (at < numbers.length && (numbers[at + 1] !== lower || numbers[at] !== upper)) at += WITH_LANE;
    return Math.min((at - LANE) / WITH_LANE, this.count);
  }

  #number(which: number, column: number): number {
    return this.#numbers[which * this.#stride + column] ?? 0;
  }

  #check(headsBytes: number): void {
    const { count, frame, gone } = this;
    let isWhole = Number.isInteger(count) && count > 0 && headsBytes % 4 === 0;
    isWhole &&= gone.length === Math.ceil(count / 8);
    isWhole &&= this.order(0) === frame.firstOrder && this.order(count - 1) === frame.lastOrder;
    for (let which = 1; isWhole && which < count; which += 1)
      isWhole =
        this.order(which) > this.order(which - 1) && this.contentEnd(which) >= this.contentStart(which);
    if (!isWhole) throw new DamagedBytesError('a bundle of messages is not as it was written');
  }
}

/** Bytes as numbers of four, where they are if numbers may begin there. */
function numbersOf(bytes: Uint8Array): Uint32Array {
  const count = Math.floor(bytes.length / 4);
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  return new Uint32Array(new Uint8Array(bytes).buffer, 0, count);
}
