import type { Change } from '../store/change.ts';
import type { Arrival, Command, Moment, Replies } from './command.ts';
import { nextWaiting, takeOut } from './receive.ts';
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
    const entry = nextWaiting(state, moment, changes);
    if (entry === undefined) break;
    const { deadLetterSourceArn: source, sizeBytes } = entry.message;
    leftSizeBytes -= sizeBytes;
    const mayGo = command.sources === undefined || (source !== undefined && command.sources.has(source));
    if (mayGo && (leftSizeBytes >= 0 || arrivals.length === 0)) {
      arrivals.push(takeOut(state, moment, entry, changes));
      continue;
    }
    state.ready.unshift(entry);
    return { arrivals, stoppedBefore: mayGo ? undefined : { source } };
  }
  return { arrivals, stoppedBefore: undefined };
}
