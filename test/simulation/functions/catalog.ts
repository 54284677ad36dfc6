import type { SeededRandom } from '../../../src/base/random.ts';
import type { Catalog, CatalogRecord } from '../../../src/store/catalog.ts';
import type { Device } from '../world.ts';

/** What a catalog keeps over crashes, by collection and name. */
export type CatalogDisk = Map<string, Map<string, string>>;

interface Write {
  readonly apply: () => void;
  isApplied: boolean;
  readonly answer: () => void;
}

/** A catalog whose writes are durable, and then answered, only when the disk moves. */
export class SimulatedCatalog implements Catalog, Device {
  readonly #disk: CatalogDisk;
  readonly #writes: Write[] = [];

  constructor(disk: CatalogDisk) {
    this.#disk = disk;
  }

  get isBusy(): boolean {
    return this.#writes.length > 0;
  }

  move(_random: SeededRandom): void {
    const [first] = this.#writes;
    if (first === undefined) return;
    if (first.isApplied) {
      this.#writes.shift();
      return first.answer();
    }
    first.apply();
    first.isApplied = true;
  }

  async list(collection: string): Promise<readonly CatalogRecord[]> {
    return [...(this.#disk.get(collection) ?? [])].map(([name, value]) => ({ name, value }));
  }

  put(collection: string, { name, value }: CatalogRecord): Promise<void> {
    return this.#write(() => {
      const records = this.#disk.get(collection) ?? new Map<string, string>();
      this.#disk.set(collection, records.set(name, value));
    });
  }

  remove(collection: string, name: string): Promise<void> {
    return this.#write(() => void this.#disk.get(collection)?.delete(name));
  }

  #write(apply: () => void): Promise<void> {
    return new Promise((answer) => this.#writes.push({ apply, isApplied: false, answer }));
  }
}
