import type { StoredMessage } from '../store/queue-store.ts';
import type { Moment, Reading } from './command.ts';
import type { QueueState } from './state.ts';

/** Beyond so many changes that a page must be compared with, it enters as a whole. */
const MOST_TOUCHED = 20_000;

/** Lets messages of pages that have come enter the window, so that some are at hand for the next receives. */
export function keepAtHand(state: QueueState, moment: Moment): void {
  const { ready, backlog, window } = state;
  if (ready.page === undefined) return;
  const asAWhole = state.fair !== undefined || backlog.touched.size > MOST_TOUCHED;
  enterWindow(state, moment, asAWhole ? Infinity : window.atHandCount);
  while (state.waitingCount === 0 && ready.page !== undefined)
    enterWindow(state, moment, ready.atHandCount + 1);
}

/** Messages of pages enter the window until so many are at hand, but for those that the law has changed since they were read. */
export function enterWindow(state: QueueState, moment: Moment, atHandCount: number): void {
  const { ready } = state;
  // They were durable before they were read: a delivery need not wait for any group.
  const durable = { ...moment, group: 0 };
  ready.isEntering = true;
  for (let { page } = ready; page !== undefined && ready.atHandCount < atHandCount; page = ready.page) {
    const stored = page.messages.at(page.next);
    page.next += 1;
    if (stored !== undefined && rests(state, stored, page.reading))
      state.remember(stored.order, stored.message, stored.state, durable);
    if (page.next >= page.messages.length) {
      ready.endPage();
      state.backlog.touched.end(page.reading, moment);
    }
  }
  ready.isEntering = false;
}

/** Whether a message that was read rests in the store alone, as it was read. */
export function rests(state: QueueState, { order }: Pick<StoredMessage, 'order'>, reading: Reading): boolean {
  return (
    order > state.purgedThroughOrder &&
    !state.entries.has(order) &&
    !state.backlog.touched.since(reading, order)
  );
}
