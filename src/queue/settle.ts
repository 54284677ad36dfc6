import type { Change } from '../store/change.ts';
import type { Command, ExtendReply, Moment } from './command.ts';
import { VISIBILITY_SECONDS } from './limits.ts';
import type { QueueState } from './state.ts';

/** Deletes messages, whatever their standing: any receipt of a message that is still there deletes it. */
export function settle(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'settle' }>,
  changes: Change[],
): undefined {
  for (const order of command.orders) {
    const entry = state.entries.get(order);
    if (entry !== undefined) state.remove(entry, moment, changes);
  }
  for (const order of new Set(command.resting)) state.removeResting(order, moment, changes);
}

/** Changes how long a leased message stays hidden, at most twelve hours since its receive. */
export function extend(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'extend' }>,
  changes: Change[],
): ExtendReply {
  const entry = state.entries.get(command.order);
  if (entry === undefined) return command.isResting ? 'not-in-flight' : 'message-gone';
  if (entry.standing !== 'leased') return 'not-in-flight';
  const visibleAtMs = moment.nowMs + command.visibilityMs;
  if (visibleAtMs > entry.leasedAtMs + VISIBILITY_SECONDS.most * 1000) return 'beyond-twelve-hours';
  entry.visibleAtMs = visibleAtMs;
  if (command.visibilityMs > 0) state.hide(entry, moment, changes);
  else {
    state.write(entry, moment, changes);
    state.show(entry, moment);
  }
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
