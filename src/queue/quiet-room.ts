import type { Window } from './window.ts';

/** What messages of groups that are not noisy have besides the window, in windows. */
const QUIET_ROOM = 0.5;

/** True when a message of a group that is not noisy finds room, however much of others waits before it. */
export function hasQuietRoom(held: { readonly heldSizeBytes: number; readonly window: Window }): boolean {
  return held.heldSizeBytes < held.window.sizeBytes * (1 + QUIET_ROOM);
}
