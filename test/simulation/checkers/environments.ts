import type { Violation } from '../history.ts';
import { invocationsOf, overAt } from '../invocations.ts';
import type { Record } from '../record.ts';

/** An environment runs one invocation at a time, while it is there and not frozen; there are no more of them than allowed; none is left behind. */
export function environments(record: Record): Violation[] {
  return [...together(record), ...notThere(record), ...tooMany(record), ...leftBehind(record)];
}

function together({ facts }: Record): Violation[] {
  const invocations = invocationsOf(facts);
  return invocations.flatMap((invocation, index) => {
    const { environment, beganAt } = invocation;
    const other = invocations
      .slice(0, index)
      .find((before) => before.environment === environment && overAt(facts, before) > beganAt);
    if (other === undefined) return [];
    return [{ checker: 'environments', sentence: `environment ${environment} runs two invocations` }];
  });
}

function notThere({ facts }: Record): Violation[] {
  const standing = new Map<string, string>();
  return facts.flatMap((fact) => {
    if (fact.kind === 'environment') standing.set(fact.environment, fact.what);
    if (fact.kind !== 'invocation-began') return [];
    const state = standing.get(fact.environment);
    if (state === 'ready' || state === 'thawed') return [];
    const sentence = `environment ${fact.environment} gets an invocation although it is ${state ?? 'not there'}`;
    return [{ checker: 'environments', sentence }];
  });
}

function tooMany({ facts }: Record): Violation[] {
  const limits = facts.find((fact) => fact.kind === 'limits');
  if (limits === undefined) return [];
  const running = new Set<string>();
  return facts.flatMap((fact) => {
    if (fact.kind === 'ended') running.clear();
    if (fact.kind === 'invocation-ended') running.delete(fact.requestId);
    if (fact.kind !== 'invocation-began') return [];
    running.add(fact.requestId);
    if (running.size <= limits.concurrency) return [];
    const sentence = `${running.size} invocations run at once, ${limits.concurrency} are allowed`;
    return [{ checker: 'environments', sentence }];
  });
}

/** When the platform has stopped of its own will, nothing of its environments is left. */
function leftBehind({ facts }: Record): Violation[] {
  const there = new Set<string>();
  return facts.flatMap((fact) => {
    if (fact.kind === 'environment' && fact.what === 'started') there.add(fact.environment);
    if (fact.kind === 'environment' && (fact.what === 'ended' || fact.what === 'killed'))
      there.delete(fact.environment);
    if (fact.kind !== 'ended') return [];
    const left = fact.how === 'stopped' ? [...there] : [];
    there.clear();
    return left.map((environment) => ({
      ...{ checker: 'environments', sentence: `environment ${environment} outlives its platform` },
    }));
  });
}
