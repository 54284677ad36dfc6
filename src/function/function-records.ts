import type { Catalog } from '../store/catalog.ts';
import { functionKeyText, LATEST, type FunctionKey, type FunctionRecord } from './function.ts';

/** The catalog's collection of functions and their versions. */
const COLLECTION = 'functions';

/** Functions and their versions as they stand in the catalog, all of them also in memory. */
export class FunctionRecords {
  readonly #catalog: Catalog;
  readonly #records: Map<string, FunctionRecord>;

  private constructor(catalog: Catalog, records: Map<string, FunctionRecord>) {
    this.#catalog = catalog;
    this.#records = records;
  }

  static async open(catalog: Catalog): Promise<FunctionRecords> {
    const stored = await catalog.list(COLLECTION);
    const records = stored.map(({ name, value }) => [name, JSON.parse(value) as FunctionRecord] as const);
    return new FunctionRecords(catalog, new Map(records));
  }

  get(key: FunctionKey, version = LATEST): FunctionRecord | undefined {
    return this.#records.get(nameOf(key, version));
  }

  /** Functions and versions. */
  all(): readonly FunctionRecord[] {
    return [...this.#records.values()];
  }

  /** Published versions of a function, oldest first. */
  versionsOf(key: FunctionKey): readonly FunctionRecord[] {
    const text = functionKeyText(key);
    return this.all()
      .filter((record) => record.version !== LATEST && functionKeyText(record.key) === text)
      .toSorted((one, other) => Number(one.version) - Number(other.version));
  }

  /** Durable first, then seen by everyone. */
  async put(record: FunctionRecord): Promise<void> {
    const name = nameOf(record.key, record.version);
    await this.#catalog.put(COLLECTION, { name, value: JSON.stringify(record) });
    this.#records.set(name, record);
  }

  /** Durable first, then seen by everyone. */
  async remove(record: FunctionRecord): Promise<void> {
    const name = nameOf(record.key, record.version);
    await this.#catalog.remove(COLLECTION, name);
    this.#records.delete(name);
  }
}

function nameOf(key: FunctionKey, version: string): string {
  return version === LATEST ? functionKeyText(key) : `${functionKeyText(key)}:${version}`;
}
