import type { FunctionTarget } from '../function/function.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { Catalog } from '../store/catalog.ts';
import type { MappingSettings } from './mappings.ts';

const COLLECTION = 'mappings';

/** What is durable of a mapping. */
export interface MappingRecord {
  readonly uuid: string;
  readonly source: QueueKey;
  readonly function: FunctionTarget;
  readonly settings: MappingSettings;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** Its owner has deleted it; it remains until its last batch has ended. */
  readonly deleting: boolean;
}

/** All records, in order of creation. */
export async function readMappings(catalog: Catalog): Promise<readonly MappingRecord[]> {
  const records = (await catalog.list(COLLECTION)).map(({ value }) => JSON.parse(value) as MappingRecord);
  return records.sort((first, second) => first.createdAtMs - second.createdAtMs);
}

/** Writes one record; synced when it answers. */
export function writeMapping(catalog: Catalog, record: MappingRecord): Promise<void> {
  return catalog.put(COLLECTION, { name: record.uuid, value: JSON.stringify(record) });
}

/** Forgets one record; synced when it answers. */
export function removeMapping(catalog: Catalog, uuid: string): Promise<void> {
  return catalog.remove(COLLECTION, uuid);
}
