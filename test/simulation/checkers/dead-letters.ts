import type { Violation } from '../history.ts';
import type { Record, Sighting } from '../record.ts';

/** A message becomes a dead letter after as many receives as its queue allows, not before, and is then in one queue alone. */
export function deadLetters(record: Record): Violation[] {
  const sources = record.of('create').flatMap(({ call: { queue, settings } }) => {
    const { redrive } = settings;
    return redrive ? [{ queue, dead: redrive.deadLetterQueue.name, most: redrive.maxReceiveCount }] : [];
  });
  return sources.flatMap(({ queue, dead, most }) => {
    if (record.wasDeleted(queue)) return [];
    const [here, there] = [queue, dead].map((name) => record.sightings.filter((each) => each.queue === name));
    return [
      ...tooOften(here ?? [], most),
      ...tooEarly(record, here ?? [], there ?? [], most),
      ...inBoth(here ?? [], there ?? []),
    ];
  });
}

function tooOften(here: readonly Sighting[], most: number): Violation[] {
  return here
    .filter(({ handed }) => handed.receiveCount > most)
    .map(({ handed: { body, receiveCount }, queue }) => ({
      ...{ checker: 'dead letters', queue, bodies: [body] },
      sentence: `${body} was given away ${receiveCount} times, ${most} are allowed`,
    }));
}

/** The receive count goes with a message. */
function tooEarly(
  record: Record,
  here: readonly Sighting[],
  there: readonly Sighting[],
  most: number,
): Violation[] {
  const sentThere = new Set(
    record
      .of('send')
      .flatMap(({ call }) => (call.queue === there[0]?.queue ? call.entries.map(({ body }) => body) : [])),
  );
  const movedHere = new Set(here.map(({ handed }) => handed.id));
  return there
    .filter(({ handed }) => !sentThere.has(handed.body) || movedHere.has(handed.id))
    .filter(({ handed }) => handed.receiveCount <= most)
    .map(({ handed: { body, receiveCount }, queue }) => ({
      ...{ checker: 'dead letters', queue, bodies: [body] },
      sentence: `${body} is a dead letter at receive ${receiveCount}, ${most} were allowed before`,
    }));
}

function inBoth(here: readonly Sighting[], there: readonly Sighting[]): Violation[] {
  const movedAt = new Map<string, number>();
  for (const { handed, receive } of there)
    movedAt.set(handed.id, Math.min(movedAt.get(handed.id) ?? Infinity, receive.answeredAt));
  return here
    .filter(({ handed, receive }) => (movedAt.get(handed.id) ?? Infinity) < receive.beganAt)
    .map(({ handed: { body }, queue }) => ({
      ...{ checker: 'dead letters', queue, bodies: [body] },
      sentence: `${body} was a dead letter and came from its first queue again`,
    }));
}
