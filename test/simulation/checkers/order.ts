import type { Violation } from '../history.ts';
import { familyOf, mayHaveHappened, type Record, type Sighting } from '../record.ts';
import { sendsMade } from './sends.ts';

/** A message of a group as it stands in its queue. */
interface Place {
  readonly id: string;
  readonly body: string | undefined;
  readonly sequenceNumber: string;
  readonly beganMs: number;
}

/** FIFO: sequence numbers rise with the sends, and a message comes only when no earlier one of its group is there. */
export function order(record: Record): Violation[] {
  return [...numbers(record), ...passedOver(record)];
}

function numbers(record: Record): Violation[] {
  const firsts = new Map<string, { queue: string; number: string; answeredAt: number; body: string }>();
  const violations: Violation[] = [];
  for (const { queue, id, sequenceNumber, send, entry } of sendsMade(record)) {
    if (id === undefined || sequenceNumber === undefined) continue;
    if (firsts.has(id)) continue;
    for (const before of firsts.values()) {
      const isLater =
        before.queue === queue && before.answeredAt < send.beganAt && before.number >= sequenceNumber;
      // A duplicate whose original nobody was told of has the number of that original.
      const original = sendsMade(record).some(
        (other) =>
          other.send.answer === undefined &&
          other.send.beganAt < before.answeredAt &&
          sameMessage(other.entry, entry),
      );
      if (!isLater || original || record.wasDeleted(queue)) continue;
      const bodies = [before.body, entry.body];
      violations.push({
        checker: 'order',
        sentence: `${entry.body} has a lower number than ${before.body}`,
        queue,
        bodies,
      });
    }
    firsts.set(id, { queue, number: sequenceNumber, answeredAt: send.answeredAt, body: entry.body });
  }
  return violations;
}

function sameMessage(
  one: { body: string; deduplicationId?: string },
  other: { body: string; deduplicationId?: string },
): boolean {
  return (one.deduplicationId ?? one.body) === (other.deduplicationId ?? other.body);
}

function passedOver(record: Record): Violation[] {
  const places = placesOf(record);
  const mayLeave = leavingOf(record);
  return record.sightings.flatMap((sighting) => {
    const { queue, handed, receive } = sighting;
    const { groupId, sequenceNumber } = handed;
    if (groupId === undefined || sequenceNumber === undefined) return [];
    const earlier = (places.get(`${queue} ${groupId}`) ?? []).filter(
      (each) => each.sequenceNumber < sequenceNumber,
    );
    const missed = earlier.find((each) => !isTogether(sighting, each) && !mayLeave(queue, each, receive));
    if (missed === undefined) return [];
    const bodies = [handed.body, ...(missed.body === undefined ? [] : [missed.body])];
    const sentence = `${handed.body} came before ${missed.body ?? missed.id} of its group`;
    return [{ checker: 'order', sentence, queue, bodies }];
  });
}

/** What is known to have been in each group of each queue. */
function placesOf(record: Record): Map<string, Place[]> {
  const all = new Map<string, Map<string, Place>>();
  const add = (lane: string, place: Place): void => {
    const known = all.get(lane) ?? new Map<string, Place>();
    all.set(lane, known);
    if (!known.has(place.id)) known.set(place.id, place);
  };
  for (const { queue, handed, receive } of record.sightings) {
    const { id, body, groupId, sequenceNumber } = handed;
    if (groupId !== undefined && sequenceNumber !== undefined)
      add(`${queue} ${groupId}`, { id, body, sequenceNumber, beganMs: receive.beganMs });
  }
  for (const { queue, id, sequenceNumber, entry, send } of sendsMade(record)) {
    // A duplicate may have been sent to another group than its original.
    const isSeen = record.sightings.some(({ handed }) => handed.id === id);
    const isRepeated = sendsMade(record).filter((other) => sameMessage(other.entry, entry)).length > 1;
    if (id === undefined || sequenceNumber === undefined || isSeen || isRepeated) continue;
    add(`${queue} ${entry.groupId ?? ''}`, { id, body: entry.body, sequenceNumber, beganMs: send.beganMs });
  }
  return new Map([...all].map(([lane, known]) => [lane, [...known.values()]]));
}

function isTogether({ receive, index }: Sighting, { id }: Place): boolean {
  const handed = receive.answer?.ok === true ? (receive.answer.handed ?? []) : [];
  return handed.slice(0, index).some((each) => each.id === id);
}

/** Whether a message may have left its group before a receive was answered. */
function leavingOf(record: Record): (queue: string, place: Place, receive: Sighting['receive']) => boolean {
  const settledAt = new Map<string, number>();
  for (const settle of record.of('settle')) {
    if (!mayHaveHappened(settle)) continue;
    const outcomes = settle.answer?.ok === true ? (settle.answer.outcomes ?? []) : [];
    settle.call.handed.forEach(({ id }, index) => {
      const isSettled = (outcomes[index] ?? 'settled') === 'settled';
      if (isSettled) settledAt.set(id, Math.min(settledAt.get(id) ?? Infinity, settle.beganAt));
    });
  }
  return (queue, { id, body }, receive) => {
    if ((settledAt.get(id) ?? Infinity) < receive.answeredAt) return true;
    // A dead letter may be purged where nobody has seen it.
    if (record.mayBeWiped(queue, 0, record.drainAt) || isShort(record, queue)) return true;
    const elsewhere = record.sightings.some(
      (other) =>
        other.queue !== queue && familyOf(other.queue) === familyOf(queue) && other.handed.body === body,
    );
    // It left as a dead letter, or by a move task under a new id.
    return (
      elsewhere ||
      record.sightings.some(
        (other) => other.queue === queue && other.handed.body === body && other.handed.id !== id,
      )
    );
  };
}

function isShort(record: Record, queue: string): boolean {
  return record.retentionMs(queue) < 3_600_000;
}
