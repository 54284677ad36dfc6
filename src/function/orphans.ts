import type { FunctionRecords } from './function-records.ts';
import { LATEST, type FunctionKey } from './function.ts';
import type { Named, NamedRecords } from './named-records.ts';

/**
 * Removes what belongs to a function that is not there: its record goes first when it is deleted, and a kill may have left the
 * rest.
 */
export async function removeOrphans(
  functions: FunctionRecords,
  named: readonly NamedRecords<Named>[],
): Promise<void> {
  const isOrphan = (key: FunctionKey): boolean => functions.get(key) === undefined;
  for (const record of functions.all())
    if (record.version !== LATEST && isOrphan(record.key)) await functions.remove(record);
  for (const records of named)
    for (const value of records.all()) if (isOrphan(value.function)) await records.remove(value);
}
