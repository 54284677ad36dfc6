import type { Violation } from '../history.ts';
import type { Record } from '../record.ts';
import { deduplicationOf, sendsMade, type SendMade } from './sends.ts';

/** How long a FIFO queue knows what it accepted: SQS's deduplication interval. */
const WINDOW_MS = 300_000;

/** Within five minutes of the first accepted send a duplicate is answered as it was; later it is a new message. */
export function duplicates(record: Record): Violation[] {
  const made = sendsMade(record).filter(({ queue }) => !record.wasDeleted(queue));
  const alike = Map.groupBy(made, (each) => deduplicationOf(record, each));
  alike.delete(undefined);
  return [...alike.values()].flatMap((group) =>
    group.flatMap((later, index) =>
      group.slice(0, index).flatMap((earlier) => compared(group, earlier, later)),
    ),
  );
}

function compared(group: readonly SendMade[], earlier: SendMade, later: SendMade): Violation[] {
  if (earlier.id === undefined || later.id === undefined) return [];
  const isSame = earlier.id === later.id && earlier.sequenceNumber === later.sequenceNumber;
  const { queue, entry } = later;
  const bodies = [earlier.entry.body, entry.body];
  const isKnown = earlier.send === later.send || earlier.send.answeredAt < later.send.beganAt;
  if (isKnown && !isSame && later.send.answeredMs < firstBeganMs(group, earlier) + WINDOW_MS)
    return [
      {
        checker: 'duplicates',
        sentence: `${entry.body} is a duplicate and was accepted anew`,
        queue,
        bodies,
      },
    ];
  if (isSame && later.send.beganMs >= firstAnsweredMs(group, earlier) + WINDOW_MS)
    return [
      {
        checker: 'duplicates',
        sentence: `${entry.body} was taken for a duplicate after its time`,
        queue,
        bodies,
      },
    ];
  return [];
}

/** The earliest time at which the original may have been accepted. */
function firstBeganMs(group: readonly SendMade[], { id, send }: SendMade): number {
  const possible = group.filter(
    (each) => (each.id === id || each.send.answer === undefined) && each.send.beganAt <= send.beganAt,
  );
  return Math.min(...possible.map((each) => each.send.beganMs));
}

/** The latest time at which the original can have been accepted. */
function firstAnsweredMs(group: readonly SendMade[], { id }: SendMade): number {
  return Math.min(...group.filter((each) => each.id === id).map((each) => each.send.answeredMs));
}
