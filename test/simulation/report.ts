import type { Answer, Call, Fact, Handed, Violation } from './history.ts';
import { familyOf } from './record.ts';

/** Lines of a history in a report at most. */
const MOST_LINES = 120;

/** A body is cut behind so many characters. */
const LONGEST_BODY = 40;

/** The part of a history that a violation is about, a line for each fact. */
export function historyOf(facts: readonly Fact[], violation: Violation): string[] {
  const isAbout = aboutOf(violation);
  const told = new Set<number>();
  const empty = emptyInTheEnd(facts);
  const lines = facts.flatMap((fact) => {
    if (fact.kind === 'began' && isAbout(fact.call, undefined)) told.add(fact.operation);
    const isTold =
      'operation' in fact ? told.has(fact.operation) && !empty.has(fact.operation) : fact.kind !== 'drained';
    return isTold ? [line(fact)] : [];
  });
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `(and ${lines.length - MOST_LINES} more)`];
}

/** Receives that show only that nothing is left. */
function emptyInTheEnd(facts: readonly Fact[]): ReadonlySet<number> {
  const end = facts.slice(facts.findIndex(({ kind }) => kind === 'drain'));
  return new Set(
    end.flatMap((fact) => {
      const handed = fact.kind === 'answered' && fact.answer.ok ? fact.answer.handed : undefined;
      return fact.kind === 'answered' && handed?.length === 0 ? [fact.operation] : [];
    }),
  );
}

function aboutOf({ queue, bodies }: Violation): (call: Call, answer: Answer | undefined) => boolean {
  return (call) => {
    if (queue !== undefined && familyOf(call.queue) !== familyOf(queue)) return false;
    const named = call.kind === 'send' ? call.entries : 'handed' in call ? call.handed : undefined;
    return bodies === undefined || named === undefined || named.some(({ body }) => bodies.includes(body));
  };
}

function line(fact: Fact): string {
  const at = `${fact.run}:${fact.nowMs - 1_700_000_000_000}`.padEnd(12);
  switch (fact.kind) {
    case 'began':
      return `${at} ${fact.operation} > ${said(fact.call)}`;
    case 'answered':
      return `${at} ${fact.operation} < ${answered(fact.answer)}`;
    case 'ended':
      return `${at} the platform ends: ${fact.how}`;
    case 'opened':
      return `${at} the platform starts`;
    case 'disk':
      return `${at} the disk is ${fact.state}`;
    case 'drain':
      return `${at} the end: ${fact.described.map(({ queue, messages }) => `${queue} says ${messages}`).join(', ')}`;
    case 'drained':
      return `${at} every queue is empty`;
    case 'environment':
      return `${at} environment ${fact.environment}: ${fact.what}`;
    case 'invocation-began':
      return `${at} environment ${fact.environment} gets ${fact.event ?? handedText(fact.messages)}`;
    case 'invocation-ended': {
      const { failed } = fact;
      const but = failed.length === 0 ? '' : `, but for ${failed.map((id) => id.slice(0, 4)).join(' ')}`;
      return `${at} environment ${fact.environment}: ${fact.how}${but}`;
    }
    case 'calm':
      return `${at} all that was accepted is over`;
    case 'limits':
      return `${at} the limits: ${JSON.stringify(fact)}`;
    case 'deployed':
      return `${at} the function has new code`;
    case 'trouble':
      return `${at} TROUBLE: ${fact.what}`;
  }
}

function said(call: Call): string {
  const { kind, queue, ...rest } = call;
  const shown = Object.entries(rest).map(([name, value]: [string, unknown]) => {
    if (name === 'handed') return handedText(value as Handed[]);
    return `${name}=${JSON.stringify(value)}`;
  });
  return [kind, queue, ...shown].join(' ');
}

function answered(answer: Answer): string {
  if (!answer.ok) return answer.failure;
  if (answer.handed !== undefined) return handedText(answer.handed);
  const { ok: _, ...rest } = answer;
  return Object.keys(rest).length === 0 ? 'done' : JSON.stringify(rest);
}

function handedText(handed: readonly Handed[]): string {
  if (handed.length === 0) return 'nothing';
  return handed
    .map(
      ({ body, id, receiveCount, groupId }) =>
        `${body.slice(0, LONGEST_BODY)}${groupId ? `/${groupId}` : ''}#${receiveCount}(${id.slice(0, 4)})`,
    )
    .join(' ');
}
