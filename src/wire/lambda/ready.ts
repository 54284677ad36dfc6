import type { Clock } from '../../base/clock.ts';
import { functionKeyText, type FunctionRecord } from '../../function/function.ts';
import type { Functions } from '../../function/functions.ts';

/** How long an invocation waits for a function that is being unpacked. */
const READY_WAIT_MS = 60_000;

/**
 * The function as soon as it is no longer `pending` (AWS refuses until then); as it is when that takes a minute;
 * undefined when it was deleted meanwhile.
 */
export function whenReady(
  rooms: { readonly functions: Functions; readonly clock: Clock },
  record: FunctionRecord,
): Promise<FunctionRecord | undefined> {
  if (record.state.kind !== 'pending') return Promise.resolve(record);
  const { key, version } = record;
  const isIt = (other: FunctionRecord): boolean =>
    functionKeyText(other.key) === functionKeyText(key) && other.version === version;
  const current = (): FunctionRecord | undefined => rooms.functions.resolve({ ...key, qualifier: version });
  return new Promise((resolve) => {
    const end = (now: FunctionRecord | undefined): void => {
      endListening();
      cancel();
      resolve(now);
    };
    const cancel = rooms.clock.after(READY_WAIT_MS, () => end(current()));
    const endListening = rooms.functions.listen({
      changed: (now) => {
        if (isIt(now) && now.state.kind !== 'pending') end(now);
      },
      deleted: (gone) => {
        if (isIt(gone)) end(undefined);
      },
      versionDeleted: (gone) => {
        if (isIt(gone)) end(undefined);
      },
    });
  });
}
