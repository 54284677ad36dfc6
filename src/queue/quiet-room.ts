/** What messages of groups that are not noisy have besides the window, in windows. */
const QUIET_ROOM = 0.5;

/** True when a message of a group that is not noisy finds room, however much of others waits before it. */
export function hasQuietRoom(held: { readonly heldSizeBytes: number; readonly roomBytes: number }): boolean {
  return held.heldSizeBytes < held.roomBytes * (1 + QUIET_ROOM);
}
