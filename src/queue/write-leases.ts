import type { Change } from '../store/change.ts';
import type { Moment } from './command.ts';
import type { QueueState } from './state.ts';

/** Writes the leases of which the store must know by now, or by the time that is given. */
export function writeLeases(
  state: QueueState,
  moment: Moment,
  changes: Change[],
  dueByMs = moment.nowMs,
): undefined {
  const { unwritten } = state;
  for (let entry = unwritten.take(dueByMs); entry !== undefined; entry = unwritten.take(dueByMs))
    state.write(entry, moment, changes);
}
