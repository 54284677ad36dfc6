/** One small durable record: `value` is JSON text that its owner reads and writes. */
export interface CatalogRecord {
  readonly name: string;
  readonly value: string;
}

/**
 * Small named records (functions, mappings …), by collection. Every answer means synced to disk.
 * A full disk rejects with `DiskFullError`, and nothing was changed.
 */
export interface Catalog {
  /** All records of a collection, in order of their names. */
  list(collection: string): Promise<readonly CatalogRecord[]>;
  /** Writes one record, replacing what was there. */
  put(collection: string, record: CatalogRecord): Promise<void>;
  /** Removes one record; nothing happens when it is not there. */
  remove(collection: string, name: string): Promise<void>;
}
