import type { Operation, Violation } from '../history.ts';
import { mayHaveHappened, type Record, type Sighting } from '../record.ts';

/** A time for which nobody else may have a message, or on a FIFO queue it and what stands behind it in its group. */
interface Hold {
  readonly by: Operation<'receive'> | Operation<'extend'>;
  readonly queue: string;
  /** What is held: from a place of a group on, or one message. */
  readonly what: string;
  /** The place in its group: a sequence number. */
  readonly place: string;
  readonly bodies: readonly string[];
  readonly untilMs: number;
  /** Where the last of its messages may have become free. */
  readonly freedAt: number;
  readonly isFifo: boolean;
}

/** A message is in one receiver's hands at a time, and in a FIFO group so is what stands behind it. Every receipt is given once. */
export function holds(record: Record): Violation[] {
  return [...heldTwice(record), ...sameReceipt(record)];
}

function heldTwice(record: Record): Violation[] {
  const receives = receiveHolds(record);
  const held = Map.groupBy([...receives, ...extendHolds(record)], ({ queue, what }) => `${queue} ${what}`);
  return [...held.values()].flatMap((group) =>
    group.flatMap((hold, index) =>
      group.slice(index + 1).flatMap((other) => {
        if (hold.by === other.by || !areTogether(record, hold, other)) return [];
        const bodies = [...new Set([...hold.bodies, ...other.bodies])];
        const [one, two] = [hold.by.number, other.by.number];
        const sentence = `${hold.what} is in two hands: by operations ${one} and ${two}`;
        return [{ checker: 'holds', sentence, queue: hold.queue, bodies }];
      }),
    ),
  );
}

function receiveHolds(record: Record): Hold[] {
  return record.of('receive').flatMap((receive) => {
    const { queue, visibilityMs } = receive.call;
    if (receive.answer?.ok !== true || visibilityMs === 0) return [];
    const handed = receive.answer.handed ?? [];
    const isFifo = record.settingsOf(queue).fifo !== undefined;
    return handed.map((each) => ({
      ...{ by: receive, queue, isFifo, ...whatOf(each, isFifo) },
      bodies: [each.body],
      untilMs: receive.beganMs + visibilityMs,
      freedAt: freedAt(record, queue, each, receive, isFifo),
    }));
  });
}

function extendHolds(record: Record): Hold[] {
  return record.of('extend').flatMap((extend) => {
    const { answer, call } = extend;
    const { queue, visibilityMs, handed } = call;
    if (answer?.ok !== true || visibilityMs === 0) return [];
    const isFifo = record.settingsOf(queue).fifo !== undefined;
    return handed.flatMap((each, index) => {
      if (answer.outcomes?.[index] !== 'extended') return [];
      const untilMs = extend.beganMs + visibilityMs;
      const freed = freedAt(record, queue, each, extend, isFifo);
      const what = whatOf(each, isFifo);
      return [{ by: extend, queue, isFifo, ...what, bodies: [each.body], untilMs, freedAt: freed }];
    });
  });
}

function whatOf(
  { id, groupId, sequenceNumber = '' }: Sighting['handed'],
  isFifo: boolean,
): Pick<Hold, 'what' | 'place'> {
  return isFifo ? { what: `group ${groupId}`, place: sequenceNumber } : { what: id, place: '' };
}

/** Where the first settle, change of visibility or further try of a message begins after it was taken. */
function freedAt(
  record: Record,
  queue: string,
  { id, receipt }: Sighting['handed'],
  since: Operation,
  isFifo: boolean,
): number {
  const frees = record.operations.find((operation) => {
    const { call, answeredAt, answer } = operation;
    if (call.queue !== queue || operation === since) return false;
    if (call.kind === 'receive' && call.attemptId !== undefined)
      return answer?.ok === true && (answer.handed ?? []).some((each) => each.receipt === receipt);
    if ((call.kind !== 'settle' && call.kind !== 'extend') || answeredAt < since.beganAt) return false;
    // On a standard queue others may have taken it before what was done to it was lost.
    if (isFifo && !mayHaveHappened(operation)) return false;
    return call.handed.some((each) => (isFifo ? each.receipt === receipt : each.id === id));
  });
  return frees === undefined ? Infinity : Math.max(frees.beganAt, since.beganAt);
}

/** True when two holds of the same overlap, whenever exactly they began. */
function areTogether(record: Record, one: Hold, other: Hold): boolean {
  const [first, second] = one.by.beganAt < other.by.beganAt ? [one, other] : [other, one];
  if (second.by.call.kind === 'extend') return false;
  if (first.by.call.kind === 'extend' && first.by.answeredAt > second.by.beganAt) return false;
  if (mayBeOver(record, first, second)) return false;
  if (!excludes(first, second) || !standsBehind(second, first)) return false;
  if (first.by.call.kind === 'extend') return true;
  // Of two at the same time either may have been the first.
  const isSure = first.by.answeredAt < second.by.beganAt;
  return excludes(second, first) && (isSure || standsBehind(first, second));
}

/** What stands before a held message of its group may be given all the same. */
function standsBehind(one: Hold, other: Hold): boolean {
  return one.place >= other.place;
}

/** True when the other cannot have come after this one was over. */
function excludes(hold: Hold, other: Hold): boolean {
  return other.by.answeredMs < hold.untilMs && hold.freedAt > other.by.answeredAt;
}

function mayBeOver(record: Record, first: Hold, second: Hold): boolean {
  const [from, to] = [
    Math.min(first.by.beganAt, second.by.beganAt),
    Math.max(first.by.answeredAt, second.by.answeredAt),
  ];
  if (record.mayBeWiped(first.queue, from, to) || record.retentionMs(first.queue) < 3_600_000) return true;
  // The lease of a standard queue may be lost in a crash; a dispatcher's ends with its run.
  if (!first.isFifo && (record.hasEnded(from, to) || record.wasIll(from, to))) return true;
  return isTriedAgain(first, second) || (first.by.run !== second.by.run && isDispatchers(record, first));
}

function isTriedAgain({ by: one }: Hold, { by: other }: Hold): boolean {
  const [first, second] = [one.call, other.call];
  return (
    first.kind === 'receive' &&
    second.kind === 'receive' &&
    first.attemptId !== undefined &&
    first.attemptId === second.attemptId
  );
}

/** A dispatcher's lease stays one when it is extended. */
function isDispatchers(record: Record, { by, queue, bodies }: Hold): boolean {
  if (by.call.kind === 'receive') return by.call.holder === 'dispatcher';
  return record.sightings.some(
    ({ receive, handed, queue: from }) =>
      from === queue && bodies.includes(handed.body) && receive.call.holder === 'dispatcher',
  );
}

function sameReceipt(record: Record): Violation[] {
  const given = new Map<string, Sighting>();
  return record.sightings.flatMap((sighting) => {
    const { queue, handed, receive } = sighting;
    const before = given.get(handed.receipt);
    given.set(handed.receipt, sighting);
    if (before === undefined) return [];
    const { attemptId } = receive.call;
    const isAgain = attemptId !== undefined && attemptId === before.receive.call.attemptId;
    // What a full disk lost is given anew.
    if (isAgain || record.wasIll(before.receive.beganAt, receive.answeredAt)) return [];
    return [
      {
        checker: 'holds',
        sentence: `${handed.body} was given twice under one receipt`,
        queue,
        bodies: [handed.body],
      },
    ];
  });
}
