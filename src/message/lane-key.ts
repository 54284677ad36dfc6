/** No lane: the message has no group. */
export const NO_LANE = 0;

/**
 * The number of a message group's lane: 52 bits mixed from its id, never 0. It is kept in the store, so that this mixing
 * may never change. Groups whose numbers meet share a lane: they wait for each other, and nothing else happens.
 */
export function laneKeyOf(groupId: string | undefined): number {
  if (groupId === undefined) return NO_LANE;
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < groupId.length; at += 1) {
    const unit = groupId.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (high & 0xfffff) * 2 ** 32 + (low >>> 0) + 1;
}
