import type { Change } from '../store/change.ts';
import type { Command, Moment, Replies } from './command.ts';
import { rests } from './enter.ts';
import { enterStretch } from './enter-lanes.ts';
import type { QueueState } from './state.ts';

/** A page of resting messages has come: they enter the window when they are needed. */
export function page(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'page' }>,
): undefined {
  const { backlog } = state;
  const { messages, sizeBytes, nextVisibleAtMs } = command.page;
  const reading = backlog.page;
  const last = messages.at(-1);
  const cursor =
    last === undefined ? command.query.after : { visibleAtMs: last.state.visibleAtMs, order: last.order };
  backlog.arrived(cursor, nextVisibleAtMs);
  if (last === undefined) backlog.touched.end(reading, moment);
  else state.ready.addPage({ messages, sizeBytes, reading, next: 0 });
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
  for (const { order, sentAtMs, lane } of command.page.places) {
    if (order <= state.purgedThroughOrder) continue;
    const known = state.fifo?.lanes.get(lane);
    if (known !== undefined) enterStretch(state, known, moment);
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
