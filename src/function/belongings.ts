import type { Catalog } from '../store/catalog.ts';
import type { Alias } from './aliases.ts';
import type { EventInvoke } from './event-invoke.ts';
import type { FunctionUrl } from './function-urls.ts';
import { NamedRecords, type Named } from './named-records.ts';
import type { FunctionPolicy } from './policies.ts';

/** What functions have by name, beside themselves: it goes with them. */
export interface Belongings {
  readonly aliases: NamedRecords<Alias>;
  readonly eventInvokes: NamedRecords<EventInvoke>;
  readonly policies: NamedRecords<FunctionPolicy>;
  readonly urls: NamedRecords<FunctionUrl>;
  /** All that belongs to a version or an alias, and goes with it too. */
  readonly ofQualifiers: readonly NamedRecords<Named>[];
}

/** Reads them from the catalog. */
export async function openBelongings(catalog: Catalog): Promise<Belongings> {
  const eventInvokes = await NamedRecords.open<EventInvoke>(catalog, 'event-invokes');
  const policies = await NamedRecords.open<FunctionPolicy>(catalog, 'policies');
  const urls = await NamedRecords.open<FunctionUrl>(catalog, 'function-urls');
  const aliases = await NamedRecords.open<Alias>(catalog, 'aliases');
  return { aliases, eventInvokes, policies, urls, ofQualifiers: [urls, eventInvokes, policies] };
}
