import type { Change } from '../store/change.ts';
import type { Arrival, Moment, Replies, Taken } from './command.ts';
import { enterWindow } from './enter.ts';
import type { Entry } from './entry.ts';
import { isDeadLetter, isWhole, lease, takeOut, type Receive, type Whole } from './leasing.ts';
import { IN_FLIGHT_MESSAGES } from './limits.ts';
import { receiveInOrder } from './receive-in-order.ts';
import type { QueueState } from './state.ts';

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
  if (state.fifo !== undefined) return receiveInOrder(state, state.fifo, moment, command, changes);
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
  for (let entry = first(state, moment); entry !== undefined; entry = first(state, moment)) {
    if (entry.standing !== 'waiting' || !isWhole(entry)) continue;
    if (entry.sentAtMs + state.settings.retentionMs > moment.nowMs) return entry;
    state.remove(entry, moment, changes);
  }
  return undefined;
}

/** Takes the first entry from the line, or the first that fairness lets come. */
function first(state: QueueState, moment: Moment): Entry | undefined {
  const { fair, ready } = state;
  if (fair !== undefined) return fair.next(ready, fair.noisy(state.leasedCount, moment.nowMs));
  if (ready.first === undefined) enterWindow(state, moment, state.window.atHandCount);
  return ready.shift();
}
