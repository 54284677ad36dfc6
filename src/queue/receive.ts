import type { Message } from '../message/message.ts';
import type { Change } from '../store/change.ts';
import type { Arrival, Command, Moment, Replies, Taken } from './command.ts';
import type { Entry } from './entry.ts';
import { IN_FLIGHT_MESSAGES } from './limits.ts';
import type { QueueState } from './state.ts';

type Receive = Extract<Command, { kind: 'receive' }>;

/** An entry whose message is at hand. */
type Whole = Entry & { message: Message };

/**
 * Leases the messages at the head of the line. What was received too often becomes a dead letter instead, and what has
 * outlived its retention is forgotten on the way.
 */
export function receive(
  state: QueueState,
  moment: Moment,
  command: Receive,
  changes: Change[],
): Replies['receive'] {
  const taken: Taken[] = [];
  const deadLetters: Arrival[] = [];
  const shownAgain: Entry[] = [];
  const maximum = Math.min(command.maximum, IN_FLIGHT_MESSAGES - state.leasedCount);
  let addedInGroup = 0;
  let leftSizeBytes = command.maximumSizeBytes;
  while (taken.length < maximum) {
    const entry = nextWaiting(state, moment, changes);
    if (entry === undefined) break;
    if (isDeadLetter(state, command, entry)) {
      deadLetters.push(takeOut(state, moment, entry, changes));
      continue;
    }
    leftSizeBytes -= entry.message.sizeBytes;
    if (leftSizeBytes < 0 && taken.length > 0) {
      state.ready.unshift(entry);
      break;
    }
    addedInGroup = Math.max(addedInGroup, entry.addedInGroup);
    taken.push(lease(state, moment, command, entry, changes));
    if (entry.standing === 'waiting') shownAgain.push(entry);
  }
  for (const entry of shownAgain) state.ready.push(entry);
  return { kind: maximum > 0 ? 'taken' : 'too-many-in-flight', taken, deadLetters, addedInGroup };
}

/** The next entry that waits and has not outlived its retention. */
export function nextWaiting(state: QueueState, moment: Moment, changes: Change[]): Whole | undefined {
  for (let entry = state.ready.shift(); entry !== undefined; entry = state.ready.shift()) {
    if (entry.standing !== 'waiting' || !isWhole(entry)) continue;
    if (entry.sentAtMs + state.settings.retentionMs > moment.nowMs) return entry;
    state.remove(entry, moment, changes);
  }
  return undefined;
}

function isWhole(entry: Entry): entry is Whole {
  return entry.message !== undefined;
}

function isDeadLetter(state: QueueState, command: Receive, entry: Entry): boolean {
  const { redrive } = state.settings;
  return (
    redrive !== undefined && command.deadLetterQueueExists && entry.receiveCount >= redrive.maxReceiveCount
  );
}

/** Takes an entry out of the queue, as it arrives in another. */
export function takeOut(state: QueueState, moment: Moment, entry: Whole, changes: Change[]): Arrival {
  const { message, receiveCount, firstReceivedAtMs } = entry;
  state.remove(entry, moment, changes);
  return { message, delayMs: 0, receiveCount, firstReceivedAtMs };
}

function lease(state: QueueState, moment: Moment, command: Receive, entry: Whole, changes: Change[]): Taken {
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
    state.hide(entry, moment, changes);
    state.letBodyGo(entry);
  }
  const { receiveCount, firstReceivedAtMs } = entry;
  return { message, order, receiveCount, firstReceivedAtMs };
}
