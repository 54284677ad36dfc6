import type { Change } from '../store/change.ts';
import type { Command, Moment } from './command.ts';
import type { QueueState } from './state.ts';

/** Every arrival takes the next place; a delayed one is hidden until its time. */
export function send(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'send' }>,
  changes: Change[],
): undefined {
  for (const { message, delayMs, receiveCount, firstReceivedAtMs } of command.arrivals) {
    const order = state.nextOrder;
    state.nextOrder += 1;
    const visibleAtMs = moment.nowMs + delayMs;
    const place = { visibleAtMs, holder: 'nobody' as const, receiveCount, firstReceivedAtMs, leasedAtMs: 0 };
    changes.push({ kind: 'message-added', queue: state.queue, order, message, state: place });
    state.admit(order, message, place, moment);
  }
}
