import type { Change } from '../store/change.ts';
import type { Command, ExtendReply, Moment, Replies } from './command.ts';
import type { Entry } from './entry.ts';
import { VISIBILITY_SECONDS } from './limits.ts';
import type { QueueState } from './state.ts';

/** Deletes messages, whatever their standing: any receipt of a message that is still there deletes it. */
export function settle(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'settle' }>,
  changes: Change[],
): Replies['settle'] {
  if (state.fifo !== undefined) return settleInOrder(state, moment, command, changes);
  for (const order of command.orders) {
    const entry = state.entries.get(order);
    if (entry !== undefined) state.remove(entry, moment, changes);
  }
  for (const order of new Set(command.resting)) state.removeResting(order, moment, changes);
  return undefined;
}

/** On a FIFO queue a receipt is dead once its lease is over: its message comes again before all later ones of its group. */
function settleInOrder(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'settle' }>,
  changes: Change[],
): readonly boolean[] {
  return command.orders.map((order, index) => {
    const entry = state.entries.get(order);
    if (entry === undefined) return command.resting.includes(order);
    if (!isOfLease(entry, command.receiveCounts?.[index])) return true;
    state.remove(entry, moment, changes);
    return false;
  });
}

function isOfLease(entry: Entry, receiveCount: number | undefined): boolean {
  return entry.standing === 'leased' && (receiveCount ?? entry.receiveCount) === entry.receiveCount;
}

/** Changes how long a leased message stays hidden, at most twelve hours since its receive. */
export function extend(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'extend' }>,
  changes: Change[],
): ExtendReply {
  const entry = state.entries.get(command.order);
  if (
    state.fifo !== undefined &&
    (entry === undefined ? command.isResting : !isOfLease(entry, command.receiveCount))
  )
    return 'receipt-expired';
  if (entry === undefined) return command.isResting ? 'not-in-flight' : 'message-gone';
  if (entry.standing !== 'leased') return 'not-in-flight';
  const visibleAtMs = moment.nowMs + command.visibilityMs;
  if (visibleAtMs > entry.leasedAtMs + VISIBILITY_SECONDS.most * 1000) return 'beyond-twelve-hours';
  entry.visibleAtMs = visibleAtMs;
  if (command.isReleased === true) entry.holder = 'client';
  state.write(entry, moment, changes);
  if (command.visibilityMs > 0) state.due.put(entry);
  else state.show(entry, moment);
  return 'extended';
}

/** Ends the leases of dispatchers of former runs: nobody works on their messages any more. */
export function openDispatcherLeases(
  state: QueueState,
  moment: Moment,
  _command: Extract<Command, { kind: 'open-dispatcher-leases' }>,
  changes: Change[],
): undefined {
  for (const entry of state.entries.values()) {
    if (entry.standing !== 'leased' || entry.holder !== 'dispatcher') continue;
    entry.visibleAtMs = moment.nowMs;
    state.write(entry, moment, changes);
    state.show(entry, moment);
  }
}
