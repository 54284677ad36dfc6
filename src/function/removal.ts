import { failed, ok, type Result } from '../base/result.ts';
import type { Belongings } from './belongings.ts';
import type { CatalogVersions } from './catalog-versions.ts';
import type { FunctionChanges } from './function-changes.ts';
import type { FunctionListeners } from './function-listeners.ts';
import type { FunctionRecords } from './function-records.ts';
import type { FunctionKey } from './function.ts';
import type { NoSuchFunction } from './functions.ts';
import { keptHashes, type KeptCode } from './kept-code.ts';

/** What {@link removeFunction} works with. */
export interface RemovalParts {
  readonly changes: FunctionChanges;
  readonly records: FunctionRecords;
  readonly belongings: Belongings;
  readonly versions: CatalogVersions;
  readonly listeners: FunctionListeners;
  readonly kept: KeptCode;
}

/** The function is gone with its own record; what belongs to it follows, also after a kill in between (`orphans.ts`). */
export function removeFunction(
  { changes, records, belongings, versions, listeners, kept }: RemovalParts,
  key: FunctionKey,
): Promise<Result<void, NoSuchFunction>> {
  return changes.inTurn(key, async () => {
    const record = records.get(key);
    if (record === undefined) return failed({ kind: 'no-such-function', function: key });
    await records.remove(record);
    for (const named of [belongings.aliases, ...belongings.ofQualifiers])
      for (const value of named.of(key)) await named.remove(value);
    for (const version of records.versionsOf(key)) await versions.remove(version);
    listeners.tell((listener) => listener.deleted?.(record));
    await kept.forget(keptHashes(record));
    return ok(undefined);
  });
}
