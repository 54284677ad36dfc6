import type { QueueId, ReceiptHandle, RunId } from '../base/ids.ts';

/** What a receipt says: which delivery of which message it stands for. */
export interface Receipt {
  /** The run of the platform that handed it out: a lease lost in a crash and its successor never share a receipt. */
  readonly run: RunId;
  readonly queue: QueueId;
  /** The message's place in its queue. */
  readonly order: number;
  readonly receiveCount: number;
}

const DOT = '.'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
/** Behind the last number, so that a longer text is no receipt of another delivery. */
const END = 'e';
const END_BYTE = END.charCodeAt(0);
/** As many as a number holds exactly. */
const MOST_DIGITS = 15;
const LONGEST_HANDLE = 100;

/** Characters of base64url by the six bits that each stands for. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const NO_BITS = 0xff;
const BITS = bitsByCharacter();

/** The opaque text for a client: base64url of four numbers with dots between them, and an end. */
export function writeReceipt(receipt: Receipt): ReceiptHandle {
  // Digits, dots and the end make none of the characters in which base64url differs from base64, but for what fills up the end.
  const text = btoa(`${receipt.run}.${receipt.queue}.${receipt.order}.${receipt.receiveCount}${END}`);
  const endAt = text.indexOf('=');
  return (endAt === -1 ? text : text.slice(0, endAt)) as ReceiptHandle;
}

/**
 * Reads what a client handed back; undefined when it is no receipt. One receipt has one text, and the one without the end,
 * which older versions have handed out.
 */
export function readReceipt(handle: ReceiptHandle): Receipt | undefined {
  if (handle.length > LONGEST_HANDLE) return undefined;
  const numbers = new Numbers();
  let [bits, count] = [0, 0];
  for (let at = 0; at < handle.length; at += 1) {
    const six = BITS[handle.charCodeAt(at)] ?? NO_BITS;
    if (six === NO_BITS) return undefined;
    bits = (bits << 6) | six;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    if (!numbers.take(bits >> count)) return undefined;
    bits &= (1 << count) - 1;
  }
  const isWhole = bits === 0 && count < 6 && numbers.areWhole;
  return isWhole ? numbers.receipt() : undefined;
}

/** Four numbers with dots between them, none with a zero in front, and an end that nothing follows, byte by byte. */
class Numbers {
  readonly #numbers: [number, number, number, number] = [0, 0, 0, 0];
  #part: 0 | 1 | 2 | 3 = 0;
  #digits = 0;
  #isEnded = false;

  get areWhole(): boolean {
    return this.#part === 3 && this.#digits > 0;
  }

  /** False for a byte that cannot stand here. */
  take(byte: number): boolean {
    if (this.#isEnded) return false;
    if (byte === DOT) return this.#goOn();
    return byte === END_BYTE ? this.#end() : this.#takeDigit(byte - ZERO);
  }

  receipt(): Receipt {
    const [run, queue, order, receiveCount] = this.#numbers;
    return { run: run as RunId, queue: queue as QueueId, order, receiveCount };
  }

  #goOn(): boolean {
    if (this.#digits === 0 || this.#part === 3) return false;
    this.#part = (this.#part + 1) as 1 | 2 | 3;
    this.#digits = 0;
    return true;
  }

  #end(): boolean {
    this.#isEnded = this.areWhole;
    return this.#isEnded;
  }

  #takeDigit(digit: number): boolean {
    const before = this.#numbers[this.#part];
    const isZeroInFront = this.#digits > 0 && before === 0;
    if (digit < 0 || digit > 9 || isZeroInFront || this.#digits === MOST_DIGITS) return false;
    this.#numbers[this.#part] = before * 10 + digit;
    this.#digits += 1;
    return true;
  }
}

function bitsByCharacter(): Uint8Array {
  const bits = new Uint8Array(128).fill(NO_BITS);
  for (let six = 0; six < ALPHABET.length; six += 1) bits[ALPHABET.charCodeAt(six)] = six;
  return bits;
}
