import type { QueueDescription } from './broker.ts';
import type { Keeper } from './keeper.ts';

/** What a queue is and holds at this moment. */
export function describeQueue(keeper: Keeper, nowMs: number): QueueDescription {
  // Ticks first, so that delays and leases that have just ended are counted as such.
  keeper.tick();
  const { definition, state } = keeper;
  const { backlog, restingCount } = state;
  const hidden = state.hidesAllResting(nowMs)
    ? restingCount
    : Math.min(backlog.hiddenCount(nowMs), restingCount);
  return {
    ...definition,
    visibleCount: state.waitingCount + restingCount - hidden,
    inFlightCount: state.leasedCount,
    delayedCount: state.delayedCount + hidden,
  };
}
