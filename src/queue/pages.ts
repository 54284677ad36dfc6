import type { Change } from '../store/change.ts';
import type { StoredMessage } from '../store/queue-store.ts';
import type { Command, Moment } from './command.ts';
import type { QueueState } from './state.ts';

/** A page of resting messages enters the window, but for those that the law has changed since it was read. */
export function page(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'page' }>,
): undefined {
  const { messages, nextVisibleAtMs } = command.page;
  for (const stored of messages) admitStored(state, stored, moment);
  const last = messages.at(-1);
  const cursor =
    last === undefined ? command.query.after : { visibleAtMs: last.state.visibleAtMs, order: last.order };
  state.backlog.arrived(cursor, nextVisibleAtMs);
  state.backlog.prune(moment);
}

/** Messages that a late receipt named enter the window, so that the receipt can be honoured. */
export function found(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'found' }>,
): undefined {
  for (const stored of command.messages) admitStored(state, stored, moment);
}

/** Messages that have outlived their retention are forgotten, whatever their standing. */
export function expiry(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'expiry' }>,
  changes: Change[],
): undefined {
  let oldestSentAtMs = command.page.nextSentAtMs ?? Infinity;
  for (const { order, sentAtMs } of command.page.places) {
    if (order <= state.purgedThroughOrder) continue;
    const entry = state.entries.get(order);
    if (entry !== undefined) state.remove(entry, moment, changes);
    else if (state.backlog.wasTouched(order)) oldestSentAtMs = Math.min(oldestSentAtMs, sentAtMs);
    else if (state.backlog.expiryCoversResting) removeResting(state, order, moment, changes);
  }
  state.backlog.expiryOutstanding = false;
  // Messages that joined since the page was asked for are younger than what it asked for.
  state.oldestSentAtMs = state.messages === 0 ? Infinity : Math.min(oldestSentAtMs, moment.nowMs);
  state.backlog.prune(moment);
}

function admitStored(state: QueueState, stored: StoredMessage, moment: Moment): void {
  const { order, message } = stored;
  const outdated =
    order <= state.purgedThroughOrder || state.entries.has(order) || state.backlog.wasTouched(order);
  // It was durable before it was read: a delivery need not wait for any group.
  if (!outdated) state.remember(order, message, stored.state, { ...moment, group: 0 });
}

function removeResting(state: QueueState, order: number, moment: Moment, changes: Change[]): void {
  state.touch(order, moment);
  state.messages -= 1;
  changes.push({ kind: 'message-removed', queue: state.queue, order });
}
