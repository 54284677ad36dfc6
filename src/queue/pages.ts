import type { Change } from '../store/change.ts';
import type { StoredMessage } from '../store/queue-store.ts';
import type { Command, Moment, Reading, Replies } from './command.ts';
import type { QueueState } from './state.ts';

/** A page of resting messages enters the window, but for those that the law has changed since it was read. */
export function page(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'page' }>,
): undefined {
  const { backlog } = state;
  const { messages, nextVisibleAtMs } = command.page;
  // They were durable before they were read: a delivery need not wait for any group.
  const durable = { ...moment, group: 0 };
  for (const stored of messages) {
    if (rests(state, stored, backlog.page))
      state.remember(stored.order, stored.message, stored.state, durable);
  }
  const last = messages.at(-1);
  const cursor =
    last === undefined ? command.query.after : { visibleAtMs: last.state.visibleAtMs, order: last.order };
  backlog.arrived(cursor, nextVisibleAtMs, moment);
}

/** Which messages the law knows by heart, and which there can be at all. */
type Places = Pick<QueueState, 'restingCount' | 'purgedThroughOrder' | 'nextOrder' | 'entries'>;

/** Messages that receipts name and the law does not know by heart: they may rest in the store. */
export function restingOrders(state: Places, orders: readonly number[]): readonly number[] {
  if (state.restingCount === 0) return [];
  const { purgedThroughOrder, nextOrder, entries } = state;
  return orders.filter((order) => order > purgedThroughOrder && order < nextOrder && !entries.has(order));
}

/** Such messages must be read and handed back as `found` before a receipt can be honoured; nothing when there are none. */
export function lookUp(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'look-up' }>,
): Replies['look-up'] {
  const orders = restingOrders(state, command.orders);
  return orders.length === 0 ? undefined : { orders, reading: state.backlog.touched.begin(moment) };
}

/** Which of the messages that were looked up rest in the store still. */
export function found(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'found' }>,
): Replies['found'] {
  const { messages, reading } = command;
  const { touched } = state.backlog;
  const resting = messages.filter((stored) => rests(state, stored, reading)).map(({ order }) => order);
  const isSure = messages.every(({ order }) => state.entries.has(order) || !touched.since(reading, order));
  touched.end(reading, moment);
  return { resting, isSure };
}

/** Messages that have outlived their retention are forgotten, whatever their standing. */
export function expiry(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'expiry' }>,
  changes: Change[],
): undefined {
  const { ageing, backlog } = state;
  ageing.joined(command.page.nextSentAtMs ?? Infinity);
  for (const { order, sentAtMs } of command.page.places) {
    if (order <= state.purgedThroughOrder) continue;
    const entry = state.entries.get(order);
    const isOld = sentAtMs + state.settings.retentionMs <= moment.nowMs;
    const isResting = ageing.coversResting && !backlog.touched.since(ageing.reading, order);
    if (entry !== undefined && isOld) state.remove(entry, moment, changes);
    else if (isResting && isOld) state.removeResting(order, moment, changes);
    else ageing.joined(sentAtMs);
  }
  const isRush = changes.length > 0 && ageing.oldestSentAtMs + state.settings.retentionMs <= moment.nowMs;
  if (isRush) ageing.forgot(state.messages, moment);
  ageing.arrived(backlog.touched, changes.length > 0 ? moment.group : moment.latestGroup, moment);
  if (state.messages === 0) ageing.oldestSentAtMs = Infinity;
}

/** Whether a message that was read rests in the store alone, as it was read. */
function rests(state: QueueState, { order }: StoredMessage, reading: Reading): boolean {
  return (
    order > state.purgedThroughOrder &&
    !state.entries.has(order) &&
    !state.backlog.touched.since(reading, order)
  );
}
