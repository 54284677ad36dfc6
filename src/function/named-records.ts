import type { Catalog } from '../store/catalog.ts';
import { functionKeyText, type FunctionKey } from './function.ts';

/** Something that belongs to a function and has a name there. */
export interface Named {
  readonly function: FunctionKey;
  readonly name: string;
}

/** What functions have by name (aliases, rules for events, policies), as it stands in the catalog, all of it also in memory. */
export class NamedRecords<Value extends Named> {
  readonly #catalog: Catalog;
  readonly #collection: string;
  readonly #records: Map<string, Value>;

  private constructor(catalog: Catalog, collection: string, records: Map<string, Value>) {
    this.#catalog = catalog;
    this.#collection = collection;
    this.#records = records;
  }

  static async open<Value extends Named>(catalog: Catalog, collection: string): Promise<NamedRecords<Value>> {
    const stored = await catalog.list(collection);
    const records = stored.map(({ name, value }) => [name, JSON.parse(value) as Value] as const);
    return new NamedRecords(catalog, collection, new Map(records));
  }

  get(key: FunctionKey, name: string): Value | undefined {
    return this.#records.get(nameOf(key, name));
  }

  /** What all functions have. */
  all(): readonly Value[] {
    return [...this.#records.values()];
  }

  /** All that a function has, by name. */
  of(key: FunctionKey): readonly Value[] {
    const text = functionKeyText(key);
    return [...this.#records.values()]
      .filter((value) => functionKeyText(value.function) === text)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Durable first, then seen by everyone. */
  async put(value: Value): Promise<void> {
    const name = nameOf(value.function, value.name);
    await this.#catalog.put(this.#collection, { name, value: JSON.stringify(value) });
    this.#records.set(name, value);
  }

  /** Durable first, then seen by everyone. */
  async remove(value: Named): Promise<void> {
    const name = nameOf(value.function, value.name);
    await this.#catalog.remove(this.#collection, name);
    this.#records.delete(name);
  }

  /** Nothing happens when it is not there. */
  async removeNamed(key: FunctionKey, name: string): Promise<void> {
    const value = this.get(key, name);
    if (value !== undefined) await this.remove(value);
  }
}

function nameOf(key: FunctionKey, name: string): string {
  return `${functionKeyText(key)}:${name}`;
}
