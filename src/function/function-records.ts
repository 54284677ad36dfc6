import type { Catalog } from '../store/catalog.ts';
import { functionKeyText, type FunctionRecord } from './function.ts';

/** The catalog's collection of functions. */
const COLLECTION = 'functions';

/** Functions as they stand in the catalog, all of them also in memory. */
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

  get(keyText: string): FunctionRecord | undefined {
    return this.#records.get(keyText);
  }

  all(): readonly FunctionRecord[] {
    return [...this.#records.values()];
  }

  /** True when some function runs this code. */
  uses(sha256: string): boolean {
    return this.all().some((record) => record.package.sha256 === sha256);
  }

  /** Durable first, then seen by everyone. */
  async put(record: FunctionRecord): Promise<void> {
    const name = functionKeyText(record.key);
    await this.#catalog.put(COLLECTION, { name, value: JSON.stringify(record) });
    this.#records.set(name, record);
  }

  /** Durable first, then seen by everyone. */
  async remove(record: FunctionRecord): Promise<void> {
    const name = functionKeyText(record.key);
    await this.#catalog.remove(COLLECTION, name);
    this.#records.delete(name);
  }
}
