import type { Fact, InvocationEnd, Handed } from './history.ts';

/** An invocation put together from the facts; `endedAt` is Infinity when the run ended before it. */
export interface Invocation {
  readonly requestId: string;
  readonly environment: string;
  readonly run: number;
  readonly messages: readonly Handed[];
  readonly event: string | undefined;
  readonly beganAt: number;
  readonly beganMs: number;
  readonly endedAt: number;
  readonly endedMs: number;
  readonly how: InvocationEnd | undefined;
  /** Ids that the answer calls failed. */
  readonly failed: readonly string[];
}

/** Every invocation that reached an environment, in order. */
export function invocationsOf(facts: readonly Fact[]): Invocation[] {
  const all: Invocation[] = [];
  const running = new Map<string, number>();
  for (const [at, fact] of facts.entries()) {
    if (fact.kind === 'ended') running.clear();
    if (fact.kind === 'invocation-began') {
      const { requestId, environment, run, messages, event, nowMs } = fact;
      const open = { endedAt: Infinity, endedMs: Infinity, how: undefined, failed: [] };
      running.set(`${environment} ${requestId}`, all.length);
      all.push({ requestId, environment, run, messages, event, beganAt: at, beganMs: nowMs, ...open });
    }
    if (fact.kind !== 'invocation-ended') continue;
    const index = running.get(`${fact.environment} ${fact.requestId}`);
    const begun = index === undefined ? undefined : all[index];
    const { how, failed, nowMs } = fact;
    if (index !== undefined && begun !== undefined)
      all[index] = { ...begun, endedAt: at, endedMs: nowMs, how, failed };
  }
  return all;
}

/** Where an invocation was over: at the latest when its run ended. */
export function overAt(facts: readonly Fact[], { endedAt, beganAt }: Invocation): number {
  if (endedAt < Infinity) return endedAt;
  const end = facts.findIndex((fact, at) => at > beganAt && fact.kind === 'ended');
  return end === -1 ? Infinity : end;
}
