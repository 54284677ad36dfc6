import type { Change } from '../store/change.ts';
import type { Arrival, Command, Moment, Replies } from './command.ts';
import type { QueueState } from './state.ts';

/**
 * Takes leased messages out of the queue, to be handed over to the dead-letter queue. A receipt whose lease is over gives
 * nothing up: somebody else may have the message.
 */
export function giveUp(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'give-up' }>,
  changes: Change[],
): Replies['give-up'] {
  const arrivals: Arrival[] = [];
  for (const { order, receiveCount: ofReceipt, message } of command.given) {
    const entry = state.entries.get(order);
    if (entry?.standing !== 'leased' || entry.receiveCount !== ofReceipt) continue;
    const { receiveCount, firstReceivedAtMs } = entry;
    state.remove(entry, moment, changes);
    arrivals.push({ message, delayMs: 0, receiveCount, firstReceivedAtMs });
  }
  return arrivals;
}
