import type { Message } from '../message/message.ts';
import type { Change } from '../store/change.ts';
import type { Arrival, Command, Moment, Taken } from './command.ts';
import type { Entry } from './entry.ts';
import type { QueueState } from './state.ts';
import { mayWait } from './unwritten.ts';

/** What a receive asks for. */
export type Receive = Extract<Command, { kind: 'receive' }>;

/** An entry whose message is at hand. */
export type Whole = Entry & { message: Message };

/** True when the message is at hand. */
export function isWhole(entry: Entry): entry is Whole {
  return entry.message !== undefined;
}

/** True when the message was received so often that it must leave for the dead-letter queue. */
export function isDeadLetter(state: QueueState, command: Receive, entry: Entry): boolean {
  const { redrive } = state.settings;
  return (
    redrive !== undefined && command.deadLetterQueueExists && entry.receiveCount >= redrive.maxReceiveCount
  );
}

/** Takes a message out of the queue, on its way to another. */
export function takeOut(state: QueueState, moment: Moment, entry: Whole, changes: Change[]): Arrival {
  const { message, receiveCount, firstReceivedAtMs } = entry;
  state.remove(entry, moment, changes);
  return { message, delayMs: 0, receiveCount, firstReceivedAtMs };
}

/**
 * True for a lease that need not be written at once. Where messages have groups, the store is asked for the next of each: it
 * must know which are out.
 */
function mayStayUnwritten({ fifo, fair }: QueueState, { visibilityMs }: Receive): boolean {
  return fifo === undefined && fair === undefined && mayWait(visibilityMs);
}

/** Leases a message; with no time at all it goes on waiting, and is only counted. */
export function lease(
  state: QueueState,
  moment: Moment,
  command: Receive,
  entry: Whole,
  changes: Change[],
): Taken {
  const { message, order } = entry;
  entry.receiveCount += 1;
  if (entry.firstReceivedAtMs === 0) entry.firstReceivedAtMs = moment.nowMs;
  entry.visibleAtMs = moment.nowMs + command.visibilityMs;
  entry.holder = command.holder;
  entry.leasedAtMs = moment.nowMs;
  if (command.visibilityMs === 0) state.write(entry, moment, changes);
  else {
    entry.standing = 'leased';
    state.waitingCount -= 1;
    state.leasedCount += 1;
    state.fair?.took(entry.lane);
    state.due.put(entry);
    if (mayStayUnwritten(state, command)) state.unwritten.add(entry, moment.nowMs);
    else state.write(entry, moment, changes);
    state.letBodyGo(entry);
  }
  const { receiveCount, firstReceivedAtMs } = entry;
  return { message, order, receiveCount, firstReceivedAtMs };
}
