import { answers, unbroken } from './checkers/answers.ts';
import { batches } from './checkers/batches.ts';
import { deadLetters } from './checkers/dead-letters.ts';
import { duplicates } from './checkers/duplicates.ts';
import { environments } from './checkers/environments.ts';
import { events } from './checkers/events.ts';
import { gone } from './checkers/gone.ts';
import { holds } from './checkers/holds.ts';
import { kept } from './checkers/kept.ts';
import { order } from './checkers/order.ts';
import { times } from './checkers/times.ts';
import type { Fact, Violation } from './history.ts';
import { Record } from './record.ts';

/** Every promise that a history shows broken. */
export function violationsOf(facts: readonly Fact[]): Violation[] {
  const record = new Record(facts);
  return [kept, gone, order, holds, duplicates, deadLetters, times, answers].flatMap((check) =>
    check(record),
  );
}

/** Every promise that a history with functions shows broken. */
export function functionViolationsOf(facts: readonly Fact[]): Violation[] {
  const record = new Record(facts);
  return [environments, batches, events, deadLetters, unbroken].flatMap((check) => check(record));
}
