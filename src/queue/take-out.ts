import type { Change } from '../store/change.ts';
import type { Arrival, Command, Moment, Replies } from './command.ts';
import { firstInLine } from './enter-lanes.ts';
import type { Entry } from './entry.ts';
import type { Lanes } from './lanes.ts';
import { isWhole, takeOut, type Whole } from './leasing.ts';
import { nextWaiting } from './receive.ts';
import type { QueueState } from './state.ts';

/**
 * Takes the messages at the head of the line out of the queue, to be handed over to another one. It stops before the
 * first that may not go where the command says.
 */
export function takeOutWaiting(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'take-out' }>,
  changes: Change[],
): Replies['take-out'] {
  const arrivals: Arrival[] = [];
  let leftSizeBytes = command.maximumSizeBytes;
  while (arrivals.length < command.maximum) {
    const lanes = state.fifo?.lanes;
    const entry = lanes ? firstInLanes(state, lanes, moment, changes) : nextWaiting(state, moment, changes);
    if (entry === undefined) break;
    const { deadLetterSourceArn: source, sizeBytes } = entry.message;
    leftSizeBytes -= sizeBytes;
    const mayGo = command.sources === undefined || (source !== undefined && command.sources.has(source));
    if (mayGo && (leftSizeBytes >= 0 || arrivals.length === 0)) {
      arrivals.push(takeOut(state, moment, entry, changes));
      continue;
    }
    if (lanes === undefined) state.ready.unshift(entry);
    return { arrivals, stoppedBefore: mayGo ? undefined : { source } };
  }
  return { arrivals, stoppedBefore: undefined };
}

/** The first message of a lane that is ready; it stays where it is, and the next time another lane comes. */
function firstInLanes(state: QueueState, lanes: Lanes, moment: Moment, changes: Change[]): Whole | undefined {
  for (let lane = lanes.takeReady(); lane !== undefined; lane = lanes.takeReady()) {
    let head = firstInLine(state, lane, moment);
    while (head?.standing === 'waiting' && isOld(state, head, moment)) {
      state.remove(head, moment, changes);
      head = firstInLine(state, lane, moment);
    }
    lanes.putBack(lane);
    if (head?.standing === 'waiting' && head.order < lane.firstOut && isWhole(head)) return head;
  }
  return undefined;
}

function isOld(state: QueueState, { sentAtMs }: Entry, { nowMs }: Moment): boolean {
  return sentAtMs + state.settings.retentionMs <= nowMs;
}
