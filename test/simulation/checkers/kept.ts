import type { Violation } from '../history.ts';
import { familyOf, mayHaveHappened, type Record, type Sighting } from '../record.ts';
import { deduplicationOf, sendsMade, type SendMade } from './sends.ts';

/** A message that must be there: somebody was told so, or was given it. */
interface Item {
  readonly id: string;
  readonly queue: string;
  /** Bodies that it may have: a duplicate's sender does not know that of the original. */
  readonly bodies: ReadonlySet<string>;
  /** Where and when it may have been accepted at the earliest. */
  readonly beganAt: number;
  readonly beganMs: number;
}

/** Nothing acknowledged is lost, nothing is held twice, nothing is made up, and a batch is accepted as a whole. */
export function kept(record: Record): Violation[] {
  const made = sendsMade(record);
  const items = itemsOf(record, made);
  return [
    ...lost(record, items),
    ...twice(record, made, items),
    ...madeUp(record, made),
    ...inParts(record, made),
  ];
}

function itemsOf(record: Record, made: readonly SendMade[]): Map<string, Item> {
  const duplicates = Map.groupBy(made, (each) => deduplicationOf(record, each));
  const items = new Map<string, Item>();
  for (const each of made) {
    const { id, queue, entry } = each;
    if (id === undefined) continue;
    const key = deduplicationOf(record, each);
    const alike = key === undefined ? [each] : (duplicates.get(key) ?? []);
    const bodies = new Set([entry.body, ...alike.map(({ entry: { body } }) => body)]);
    if (!items.has(id)) items.set(id, { id, queue, bodies, ...earliest(alike) });
  }
  for (const { handed, queue, receive } of record.sightings) {
    if (receive.beganAt > record.drainAt || items.has(handed.id)) continue;
    const alike = made.filter(({ entry }) => entry.body === handed.body);
    items.set(handed.id, { id: handed.id, queue, bodies: new Set([handed.body]), ...earliest(alike) });
  }
  return items;
}

/** Time may go back over a crash, to the last that is durable. */
function earliest(made: readonly SendMade[]): { readonly beganAt: number; readonly beganMs: number } {
  const beganAt = Math.min(...made.map(({ send }) => send.beganAt));
  return { beganAt, beganMs: Math.min(...made.map(({ send }) => send.beganMs)) };
}

function lost(record: Record, items: ReadonlyMap<string, Item>): Violation[] {
  const isSettled = settledOf(record);
  const left = record.left;
  const endMs = record.facts[record.drainAt]?.nowMs ?? 0;
  return [...items.values()].flatMap((item) => {
    const { id, queue, bodies, beganAt, beganMs } = item;
    if (left.some((sighting) => isOf(item, sighting)) || isSettled(item)) return [];
    if (record.mayBeWiped(queue, beganAt, record.drainAt)) return [];
    if (endMs >= beganMs + record.retentionMs(queue)) return [];
    const body = [...bodies].join(' or ');
    return [{ checker: 'kept', sentence: `${body} (${id}) is lost`, queue, bodies: [...bodies] }];
  });
}

function isOf({ id, queue, bodies }: Item, sighting: Sighting): boolean {
  const { handed } = sighting;
  // A move task gives a new id.
  return handed.id === id || (bodies.has(handed.body) && familyOf(sighting.queue) === familyOf(queue));
}

/** Whether somebody may have settled it. */
function settledOf(record: Record): (item: Item) => boolean {
  const [ids, bodies] = [new Set<string>(), new Set<string>()];
  for (const settle of record.of('settle')) {
    if (settle.beganAt > record.drainAt || !mayHaveHappened(settle)) continue;
    const outcomes = settle.answer?.ok === true ? (settle.answer.outcomes ?? []) : [];
    settle.call.handed.forEach(({ id, body }, index) => {
      if ((outcomes[index] ?? 'settled') !== 'settled') return;
      ids.add(id);
      bodies.add(body);
    });
  }
  return (item) => ids.has(item.id) || [...item.bodies].some((body) => bodies.has(body));
}

function twice(record: Record, made: readonly SendMade[], items: ReadonlyMap<string, Item>): Violation[] {
  const left = Map.groupBy(record.left, ({ handed }) => handed.body);
  return [...left].flatMap(([body, sightings]) => {
    const places = new Set(sightings.map(({ queue, handed }) => `${queue} ${handed.id}`));
    const accepted = new Set(made.filter(({ entry }) => entry.body === body).map(({ id }) => id));
    accepted.delete(undefined);
    for (const { id, bodies } of items.values()) if (bodies.has(body)) accepted.add(id);
    const unanswered = made.filter(({ entry, send }) => entry.body === body && send.answer === undefined);
    if (places.size <= Math.max(accepted.size, 1) + unanswered.length) return [];
    const where = [...places].join(', ');
    const [queue] = sightings.map((sighting) => sighting.queue);
    return [
      {
        checker: 'kept',
        sentence: `${body} is there more than once: ${where}`,
        bodies: [body],
        ...(queue && { queue }),
      },
    ];
  });
}

function madeUp(record: Record, made: readonly SendMade[]): Violation[] {
  const possible = Map.groupBy(
    made.filter(({ send }) => mayHaveHappened(send)),
    ({ entry }) => entry.body,
  );
  return record.sightings.flatMap(({ handed: { body, groupId }, queue }) => {
    const origins = possible.get(body) ?? [];
    const isRight = origins.some(
      ({ queue: origin, entry }) => familyOf(origin) === familyOf(queue) && entry.groupId === groupId,
    );
    if (isRight) return [];
    return [
      {
        checker: 'kept',
        sentence: `${body} was refused, or never sent to ${queue} so`,
        queue,
        bodies: [body],
      },
    ];
  });
}

/** All of a request or none: also when nobody was answered. */
function inParts(record: Record, made: readonly SendMade[]): Violation[] {
  const seen = new Set(record.sightings.map(({ handed }) => handed.body));
  const counts = Map.groupBy(made, ({ entry }) => entry.body);
  const endMs = record.facts[record.drainAt]?.nowMs ?? 0;
  return record.of('send').flatMap(({ call: { queue, entries }, answer, beganAt, beganMs }) => {
    if (answer !== undefined || record.settingsOf(queue).fifo !== undefined) return [];
    if (record.mayBeWiped(queue, beganAt, record.drainAt) || endMs >= beganMs + record.retentionMs(queue))
      return [];
    const bodies = entries.map(({ body }) => body).filter((body) => counts.get(body)?.length === 1);
    const missing = bodies.filter((body) => !seen.has(body));
    if (missing.length === 0 || missing.length === bodies.length) return [];
    return [
      {
        checker: 'kept',
        sentence: `of one request ${missing.join(', ')} are not there, the others are`,
        queue,
        bodies,
      },
    ];
  });
}
