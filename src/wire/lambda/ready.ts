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
  const text = functionKeyText(record.key);
  return new Promise((resolve) => {
    const end = (now: FunctionRecord | undefined): void => {
      endListening();
      cancel();
      resolve(now);
    };
    const cancel = rooms.clock.after(READY_WAIT_MS, () => end(rooms.functions.get(record.key)));
    const endListening = rooms.functions.listen({
      changed: (now) => {
        if (functionKeyText(now.key) === text && now.state.kind !== 'pending') end(now);
      },
      deleted: (gone) => {
        if (functionKeyText(gone.key) === text) end(undefined);
      },
    });
  });
}
