import type { Buffering } from './subscription.ts';

/** Records that go out together. */
export interface Batch {
  /** JSON texts. */
  readonly records: readonly string[];
  readonly sizeBytes: number;
}

/** What was not delivered. */
export interface Dropped {
  readonly records: number;
  readonly sizeBytes: number;
}

/** This many full batches may wait for a slow listener; what comes then is dropped, and counted. */
const MOST_WAITING_BATCHES = 2;

/** The records that wait to be delivered to one subscriber, in order and within a bound. */
export class WaitingRecords {
  readonly #buffering: Pick<Buffering, 'maxItems' | 'maxBytes'>;
  #records: { readonly text: string; readonly sizeBytes: number }[] = [];
  #sizeBytes = 0;
  #dropped: Dropped = { records: 0, sizeBytes: 0 };

  constructor(buffering: Pick<Buffering, 'maxItems' | 'maxBytes'>) {
    this.#buffering = buffering;
  }

  /** Takes one more, or counts it as dropped. */
  add(text: string): void {
    const sizeBytes = Buffer.byteLength(text);
    const { maxItems, maxBytes } = this.#buffering;
    const isFull =
      this.#records.length >= MOST_WAITING_BATCHES * maxItems ||
      this.#sizeBytes + sizeBytes > MOST_WAITING_BATCHES * maxBytes;
    // One that is larger than everything that may wait is taken when nothing does.
    if (isFull && this.#records.length > 0) return this.drop({ records: 1, sizeBytes });
    this.#records.push({ text, sizeBytes });
    this.#sizeBytes += sizeBytes;
  }

  /** Counts what could not be delivered. */
  drop({ records, sizeBytes }: Dropped): void {
    this.#dropped = {
      records: this.#dropped.records + records,
      sizeBytes: this.#dropped.sizeBytes + sizeBytes,
    };
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** True when a batch is full, so that nothing more is to be waited for. */
  get isDue(): boolean {
    const { maxItems, maxBytes } = this.#buffering;
    return this.#records.length >= maxItems || this.#sizeBytes >= maxBytes;
  }

  /** The oldest of them, no more than one batch may hold; undefined when there are none. */
  take(): Batch | undefined {
    const { maxItems, maxBytes } = this.#buffering;
    let count = 0;
    let sizeBytes = 0;
    for (const record of this.#records) {
      const fits = count < maxItems && sizeBytes + record.sizeBytes <= maxBytes;
      if (!fits && count > 0) break;
      count += 1;
      sizeBytes += record.sizeBytes;
    }
    if (count === 0) return undefined;
    this.#sizeBytes -= sizeBytes;
    return { records: this.#records.splice(0, count).map(({ text }) => text), sizeBytes };
  }

  /** What was dropped since the last call; undefined when nothing was. */
  takeDropped(): Dropped | undefined {
    const dropped = this.#dropped;
    this.#dropped = { records: 0, sizeBytes: 0 };
    return dropped.records === 0 ? undefined : dropped;
  }
}
