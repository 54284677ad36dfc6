import type { QueueStore } from './queue-store.ts';
import { NOW_MS } from './contract.facts.ts';

/** A disk that outlives the stores opened on it. */
export interface Disk {
  open(): Promise<QueueStore>;
  /** Takes the disk away. */
  remove(): Promise<void>;
}

/** Opens a disk again and again, one store at a time. */
export class Stores {
  readonly #disk: Disk;
  #store: QueueStore | undefined;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async store(): Promise<QueueStore> {
    if (this.#store === undefined) await this.opening();
    return this.#store as QueueStore;
  }

  async opening() {
    this.#store = await this.#disk.open();
    return this.#store.open(NOW_MS);
  }

  async reopened() {
    await this.close();
    return this.opening();
  }

  async close(): Promise<void> {
    await this.#store?.[Symbol.asyncDispose]();
  }
}

/** Runs one law of the contract on an empty disk. */
export type Law = (sentence: string, body: (stores: Stores) => Promise<void>) => void;
