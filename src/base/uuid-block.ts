import { blankUuids, UUID_BYTES, UUID_TEXT_BYTES, writeUuid } from './uuid-text.ts';

/** Ids of one block. */
const IDS = 128;

/** Version 4 UUIDs, written down for a whole block of random bytes. */
export class UuidBlock {
  readonly #fill: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(IDS * UUID_BYTES);
  readonly #text = blankUuids(IDS);
  #used = IDS;

  /** `fill` fills bytes with unpredictable ones. */
  constructor(fill: (bytes: Uint8Array) => void) {
    this.#fill = fill;
  }

  /** The next one. */
  next(): string {
    if (this.#used === IDS) this.#writeBlock();
    const at = this.#used * UUID_TEXT_BYTES;
    this.#used += 1;
    return this.#text.toString('latin1', at, at + UUID_TEXT_BYTES);
  }

  #writeBlock(): void {
    const bytes = this.#bytes;
    this.#fill(bytes);
    for (let id = 0; id < IDS; id += 1)
      writeUuid((at) => bytes[id * UUID_BYTES + at] ?? 0, this.#text, id * UUID_TEXT_BYTES);
    this.#used = 0;
  }
}
