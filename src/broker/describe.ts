import type { QueueDescription } from './broker.ts';
import type { Keeper } from './keeper.ts';

/** What a queue is and holds at this moment. */
export function describeQueue(keeper: Keeper, nowMs: number): QueueDescription {
  // Ticks first, so that delays and leases that have just ended are counted as such.
  keeper.tick();
  const { definition, state } = keeper;
  const hidden = Math.min(state.backlog.hiddenCount(nowMs), state.restingCount);
  return {
    ...definition,
    visibleCount: state.waitingCount + state.restingCount - hidden,
    inFlightCount: state.leasedCount,
    delayedCount: state.delayedCount + hidden,
  };
}
