/** Ids of one block, and the bytes and digits of one id. */
const IDS = 128;
const ID_BYTES = 16;
const TEXT_BYTES = 36;

/** Where the two digits of each byte stand in the text. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** Version 4 UUIDs, written down for a whole block of random bytes: each is one flat text, which costs half of one put together. */
export class UuidBlock {
  readonly #fill: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(IDS * ID_BYTES);
  readonly #text = Buffer.alloc(IDS * TEXT_BYTES, '-');
  #used = IDS;

  /** `fill` fills bytes with unpredictable ones. */
  constructor(fill: (bytes: Uint8Array) => void) {
    this.#fill = fill;
  }

  /** The next one. */
  next(): string {
    if (this.#used === IDS) this.#writeBlock();
    const at = this.#used * TEXT_BYTES;
    this.#used += 1;
    return this.#text.toString('latin1', at, at + TEXT_BYTES);
  }

  #writeBlock(): void {
    this.#fill(this.#bytes);
    for (let id = 0; id < IDS; id += 1) this.#write(id * ID_BYTES, id * TEXT_BYTES);
    this.#used = 0;
  }

  #write(from: number, to: number): void {
    const [bytes, text] = [this.#bytes, this.#text];
    bytes[from + 6] = ((bytes[from + 6] ?? 0) & 0x0f) | 0x40;
    bytes[from + 8] = ((bytes[from + 8] ?? 0) & 0x3f) | 0x80;
    for (let at = 0; at < ID_BYTES; at += 1) {
      const byte = bytes[from + at] ?? 0;
      const place = to + (PLACES[at] ?? 0);
      text[place] = DIGITS[byte >> 4] ?? 0;
      text[place + 1] = DIGITS[byte & 0x0f] ?? 0;
    }
  }
}
