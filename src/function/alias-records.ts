import type { Catalog } from '../store/catalog.ts';
import type { Alias } from './aliases.ts';
import { functionKeyText, type FunctionKey } from './function.ts';

/** The catalog's collection of aliases. */
const COLLECTION = 'aliases';

/** Aliases as they stand in the catalog, all of them also in memory. */
export class AliasRecords {
  readonly #catalog: Catalog;
  readonly #records: Map<string, Alias>;

  private constructor(catalog: Catalog, records: Map<string, Alias>) {
    this.#catalog = catalog;
    this.#records = records;
  }

  static async open(catalog: Catalog): Promise<AliasRecords> {
    const stored = await catalog.list(COLLECTION);
    return new AliasRecords(
      catalog,
      new Map(stored.map(({ name, value }) => [name, JSON.parse(value) as Alias])),
    );
  }

  get(key: FunctionKey, name: string): Alias | undefined {
    return this.#records.get(nameOf(key, name));
  }

  /** All aliases of a function, by name. */
  of(key: FunctionKey): readonly Alias[] {
    const text = functionKeyText(key);
    return [...this.#records.values()]
      .filter((alias) => functionKeyText(alias.function) === text)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Durable first, then seen by everyone. */
  async put(alias: Alias): Promise<void> {
    const name = nameOf(alias.function, alias.name);
    await this.#catalog.put(COLLECTION, { name, value: JSON.stringify(alias) });
    this.#records.set(name, alias);
  }

  /** Durable first, then seen by everyone. */
  async remove(alias: Alias): Promise<void> {
    const name = nameOf(alias.function, alias.name);
    await this.#catalog.remove(COLLECTION, name);
    this.#records.delete(name);
  }
}

function nameOf(key: FunctionKey, name: string): string {
  return `${functionKeyText(key)}:${name}`;
}
