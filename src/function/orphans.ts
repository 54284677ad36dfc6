import type { Belongings } from './belongings.ts';
import type { FunctionRecords } from './function-records.ts';
import { LATEST, type FunctionKey } from './function.ts';
import type { Named } from './named-records.ts';

/**
 * Removes what belongs to a function, version or alias that is not there: its record goes first when it is deleted, and a kill may
 * have left the rest.
 */
export async function removeOrphans(
  functions: FunctionRecords,
  { aliases, ofQualifiers }: Belongings,
): Promise<void> {
  const isOrphan = (key: FunctionKey): boolean => functions.get(key) === undefined;
  for (const record of functions.all())
    if (record.version !== LATEST && isOrphan(record.key)) await functions.remove(record);
  for (const alias of aliases.all()) if (isOrphan(alias.function)) await aliases.remove(alias);
  const isThere = ({ function: key, name }: Named): boolean =>
    functions.get(key, name) !== undefined || aliases.get(key, name) !== undefined;
  for (const records of ofQualifiers)
    for (const value of records.all()) if (!isThere(value)) await records.remove(value);
}
