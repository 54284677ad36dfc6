import type { Violation } from '../history.ts';
import type { Record } from '../record.ts';
import { sendsMade } from './sends.ts';

/** Nothing comes before its delay has ended, and nothing after its retention. */
export function times(record: Record): Violation[] {
  const made = Map.groupBy(sendsMade(record), ({ queue, entry }) => `${queue} ${entry.body}`);
  return record.sightings.flatMap(({ queue, handed: { body, id }, receive }) => {
    const sends = made.get(`${queue} ${body}`) ?? [];
    const settings = record.settingsOf(queue);
    const delayMs = (send: (typeof sends)[number]): number => send.entry.delayMs ?? settings.delayMs ?? 0;
    const earliestMs = Math.min(...sends.map((each) => each.send.beganMs + delayMs(each)));
    if (sends.length > 0 && receive.answeredMs < earliestMs)
      return [
        { checker: 'times', sentence: `${body} came before its delay had ended`, queue, bodies: [body] },
      ];
    const told = sends.filter((each) => each.id === id && each.send.answeredAt < Infinity);
    const lastMs = Math.min(...told.map(({ send }) => send.answeredMs)) + (settings.retentionMs ?? Infinity);
    if (told.length === 0 || receive.beganMs < lastMs) return [];
    return [{ checker: 'times', sentence: `${body} came after its retention`, queue, bodies: [body] }];
  });
}
