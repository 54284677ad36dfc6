import type { Described, Operation, Violation } from '../history.ts';
import { familyOf, type Record } from '../record.ts';

/** What a client may be told although nothing is wrong. */
const ORDINARY: ReadonlySet<string> = new Set([
  'already-moving',
  'not-a-dead-letter-queue',
  'no-such-task',
  'not-running',
]);

/** Refusals have a reason, counters are right, settings that were acknowledged stay, and nothing breaks or hangs. */
export function answers(record: Record): Violation[] {
  return [...unbroken(record), ...counted(record), ...tagged(record)];
}

/** Refusals have a reason, and nothing breaks or hangs. */
export function unbroken(record: Record): Violation[] {
  const troubles = record.facts.flatMap((fact) =>
    fact.kind === 'trouble' ? [{ checker: 'answers', sentence: fact.what }] : [],
  );
  return [...troubles, ...refused(record)];
}

function refused(record: Record): Violation[] {
  return record.operations.flatMap((operation) => {
    const { answer, number, call } = operation;
    if (answer?.ok !== false || hasReason(record, operation, answer.failure)) return [];
    const sentence = `operation ${number} (${call.kind}) was refused without a reason: ${answer.failure}`;
    return [{ checker: 'answers', sentence, queue: call.queue }];
  });
}

function hasReason(record: Record, { beganAt, answeredAt, call, run }: Operation, failure: string): boolean {
  if (ORDINARY.has(failure)) return true;
  switch (failure) {
    case 'disk-full':
      return record.wasIll(beganAt, answeredAt);
    case 'stopping':
      return record.facts.some((fact) => fact.kind === 'ended' && fact.run === run && fact.how !== 'killed');
    case 'no-such-queue':
    case 'no-such-destination':
    case 'no-such-dead-letter-queue':
      return record.wasDeleted(call.queue);
    default:
      return false;
  }
}

/** What queues said they hold is what they held, and nothing is what they hold in the end. */
function counted(record: Record): Violation[] {
  const drain = record.facts[record.drainAt];
  const drained = record.facts[record.drainedAt];
  if (drain?.kind !== 'drain' || drained?.kind !== 'drained')
    return [{ checker: 'answers', sentence: 'the queues were not drained' }];
  const left = record.left;
  const families = Map.groupBy(drain.described, ({ queue }) => familyOf(queue));
  const wrong = [...families].flatMap(([family, described]) => {
    const said = described.reduce((sum, { messages }) => sum + messages, 0);
    const found = new Set(
      left.filter(({ queue }) => familyOf(queue) === family).map(({ handed }) => handed.id),
    ).size;
    return said === found
      ? []
      : [
          {
            checker: 'answers',
            sentence: `${family} said it holds ${said} messages, and holds ${found}`,
            queue: family,
          },
        ];
  });
  const full = drained.described.filter(({ messages }) => messages > 0);
  return [
    ...wrong,
    ...full.map(({ queue, messages }) => ({
      checker: 'answers',
      sentence: `${queue} is empty and says ${messages}`,
      queue,
    })),
  ];
}

/** The last acknowledged tag is there, or one that was asked for later or that nobody was told of. */
function tagged(record: Record): Violation[] {
  const drain = record.facts[record.drainAt];
  const described: readonly Described[] = drain?.kind === 'drain' ? drain.described : [];
  return described.flatMap(({ queue, tag }) => {
    if (record.wasDeleted(queue)) return [];
    const tags = record.of('tag').filter(({ call, answer }) => call.queue === queue && answer?.ok !== false);
    const last = Math.max(
      -1,
      ...tags.filter(({ answer }) => answer !== undefined).map(({ beganAt }) => beganAt),
    );
    const possible = tags.filter(({ answeredAt, answer }) => answer === undefined || answeredAt > last);
    const isRight = possible.some(({ call }) => call.value === tag) || (last === -1 && tag === undefined);
    return isRight
      ? []
      : [{ checker: 'answers', sentence: `${queue} has lost its tag and says ${tag ?? 'none'}`, queue }];
  });
}
