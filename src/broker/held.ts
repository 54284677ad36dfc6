/** Bytes of messages that all queues together hold in memory before each must make do with little. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What a queue may hold then: some dozens of small messages, or one of any size. */
const LITTLE_BYTES = 16 * 1024;

/** What all queues together hold in memory. Their windows are bounded one by one; this bounds the sum. */
export class Held {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** What a queue may hold now, whatever its window. */
  get mostOfOneBytes(): number {
    return this.#bytes < this.#mostBytes ? Infinity : LITTLE_BYTES;
  }

  /** A queue holds so much more, or less. */
  changed(bytes: number): void {
    this.#bytes += bytes;
  }
}
