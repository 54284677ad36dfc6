import type { Command, Moment, Wanted } from './command.ts';
import type { Fairness } from './fairness.ts';
import { hasQuietRoom } from './quiet-room.ts';
import type { QueueState } from './state.ts';

/** Lanes that one page looks at. */
const LOOKED_AT = 2000;

/** Messages of a lane in one page: the next few of each. */
const PER_LANE = 10;

/**
 * Wants the next of each group that is not noisy, when a noisy one is there and nothing of others waits in memory; true
 * when a page is wanted.
 */
export function wantQuiet(state: QueueState, fair: Fairness, moment: Moment, wanted: Wanted): boolean {
  const { backlog, window, ready } = state;
  if (backlog.pageOutstanding || !hasQuietRoom(state)) return false;
  const noisy = fair.noisy(state.leasedCount, moment.nowMs);
  const isLow = ready.first === undefined || noisy.has(ready.first.lane);
  if (noisy.size === 0 || !isLow) return false;
  if (!backlog.isWritten(moment) || fair.sweep.waitsForDisk(moment)) wanted.disk = true;
  if (!backlog.isWritten(moment) || !fair.sweep.mayLook(moment)) return false;
  fair.sweep.ask(moment);
  backlog.askLanes(moment);
  wanted.lanePage = {
    ...{ queue: state.queue, lanes: [], afterLane: fair.sweep.afterLane, without: [...noisy] },
    ...{ visibleBeforeMs: moment.durableThroughMs, delayMs: undefined },
    ...{
      laneCount: LOOKED_AT,
      perLane: PER_LANE,
      limit: window.pageCount,
      limitSizeBytes: window.pageSizeBytes,
    },
  };
  return true;
}

/** The next of each group enters the window. What is left of them is looked for again. */
export function quietPage(
  state: QueueState,
  fair: Fairness,
  moment: Moment,
  { page }: Extract<Command, { kind: 'lane-page' }>,
): void {
  const durable = { ...moment, group: 0 };
  let entered = 0;
  for (const { order, message, state: stored } of page.messages) {
    const isThere = order > state.purgedThroughOrder && !state.entries.has(order);
    if (!isThere || state.backlog.touched.since(state.backlog.page, order)) continue;
    state.remember(order, message, stored, durable);
    entered += 1;
  }
  fair.sweep.arrived(page);
  const isMore = page.parts.some(({ nextOrder }) => nextOrder !== undefined);
  if (isMore && entered > 0) fair.sweep.forget(0);
  else if (isMore) fair.sweep.drop(0, moment.latestGroup, moment.nowMs);
  state.backlog.lanesArrived(moment);
}
