import type { Violation } from '../history.ts';
import type { Record } from '../record.ts';
import { sendsMade } from './sends.ts';

/** What was deleted or purged does not come back. */
export function gone(record: Record): Violation[] {
  return [...settled(record), ...purged(record)];
}

/** No receive that begins after the answer to a delete brings the message from that queue. */
function settled(record: Record): Violation[] {
  const settledAt = new Map<string, number>();
  for (const { call, answer, answeredAt } of record.of('settle')) {
    if (answer?.ok !== true) continue;
    call.handed.forEach(({ id }, index) => {
      const place = `${call.queue} ${id}`;
      if (answer.outcomes?.[index] === 'settled' && !settledAt.has(place)) settledAt.set(place, answeredAt);
    });
  }
  return record.sightings.flatMap(({ queue, handed: { id, body }, receive }) => {
    if ((settledAt.get(`${queue} ${id}`) ?? Infinity) > receive.beganAt) return [];
    return [{ checker: 'gone', sentence: `${body} was deleted and came back`, queue, bodies: [body] }];
  });
}

/** No receive that begins after the answer to a purge brings what was there before the purge began. */
function purged(record: Record): Violation[] {
  const purges = record.of('purge').filter(({ answer }) => answer?.ok === true);
  if (purges.length === 0) return [];
  const knownAt = new Map<string, number>();
  const know = (place: string, at: number): void => {
    knownAt.set(place, Math.min(knownAt.get(place) ?? Infinity, at));
  };
  for (const { queue, id, send } of sendsMade(record))
    if (id !== undefined) know(`${queue} ${id}`, send.answeredAt);
  for (const { queue, handed, receive } of record.sightings)
    know(`${queue} ${handed.id}`, receive.answeredAt);
  return record.sightings.flatMap(({ queue, handed: { id, body }, receive }) => {
    const since = knownAt.get(`${queue} ${id}`) ?? Infinity;
    const purge = purges.find(
      ({ call, beganAt, answeredAt }) =>
        call.queue === queue && since < beganAt && answeredAt < receive.beganAt,
    );
    if (purge === undefined) return [];
    return [{ checker: 'gone', sentence: `${body} was purged and came back`, queue, bodies: [body] }];
  });
}
