import type { Command, Moment, Wanted } from './command.ts';
import type { Fairness } from './fairness.ts';
import { hasQuietRoom } from './quiet-room.ts';
import type { QueueState } from './state.ts';

/** Messages that one page looks at. */
const LOOKED_AT = 10_000;

/**
 * Wants the next messages of groups that are not noisy, when a noisy one is there and nothing of others waits in memory; true
 * when a page is wanted.
 */
export function wantQuiet(state: QueueState, fair: Fairness, moment: Moment, wanted: Wanted): boolean {
  const { backlog, window, ready } = state;
  if (backlog.pageOutstanding || !hasQuietRoom(state)) return false;
  const noisy = fair.noisy(state.leasedCount, moment.nowMs);
  const isLow = ready.first === undefined || noisy.has(ready.first.lane);
  if (noisy.size === 0 || !isLow) return false;
  const { sweep } = fair;
  fair.passOver(noisy, state.nextOrder - 1, moment.nowMs);
  if (!backlog.isWritten(moment) || sweep.waitsForDisk(moment)) wanted.disk = true;
  if (!backlog.isWritten(moment) || !sweep.mayLook(moment)) return false;
  sweep.ask();
  backlog.askLanes(moment);
  wanted.lanePage = {
    ...{ queue: state.queue, lanes: [], throughOrder: 0, afterOrder: sweep.cursor, without: [...noisy] },
    ...{ visibleBeforeMs: moment.nowMs + 1, delayMs: undefined, lookCount: LOOKED_AT },
    ...{ perLane: window.pageCount, limit: window.pageCount },
    limitSizeBytes: Math.min(window.pageSizeBytes, state.roomBytes),
  };
  return true;
}

/** What was found enters the window. */
export function quietPage(
  state: QueueState,
  fair: Fairness,
  moment: Moment,
  { page }: Extract<Command, { kind: 'lane-page' }>,
): void {
  const durable = { ...moment, group: 0 };
  for (const { order, message, state: stored } of page.messages) {
    const isThere = order > state.purgedThroughOrder && !state.entries.has(order);
    if (!isThere || state.backlog.touched.since(state.backlog.page, order)) continue;
    state.remember(order, message, stored, durable);
  }
  page.messages.release?.();
  fair.sweep.arrived(page, state.backlog.page.throughGroup);
  state.backlog.lanesArrived(moment);
}
