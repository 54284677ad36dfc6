import type { Click, Served } from './click.ts';
import { countedClick, type Budget, type BudgetDay, type Known } from './known.ts';
import { Memory } from './memory.ts';
import { invalidByItself, type Verdict } from './rules.ts';

/** A click and its bucket. */
export interface Decided {
  readonly click: Click;
  readonly verdict: Verdict;
}

/** What a batch decides over. */
export interface Cases {
  readonly fresh: readonly Click[];
  /** Recorded earlier, without a verdict, and not to wait any longer or not needing to. */
  readonly pending?: readonly Click[];
}

/** The verdicts of a batch, and the money that is left after them. */
export interface Decisions {
  readonly fresh: readonly Decided[];
  readonly pending: readonly Decided[];
  readonly budgets: readonly Budget[];
  readonly days: readonly BudgetDay[];
}

/**
 * Gives each click its one verdict, in the order in which they were clicked, each seeing the ones before it; clicks
 * that were pending come first. Pure: the caller holds the locks that keep `known` true.
 */
export function decideAll({ fresh, pending = [] }: Cases, known: Known): Decisions {
  const memory = new Memory(known);
  return {
    pending: pending
      .toSorted(byEventTime)
      .map((click) => ({ click, verdict: judgePending(click, known, memory) })),
    fresh: fresh.toSorted(byEventTime).map((click) => ({ click, verdict: judge(click, known, memory) })),
    ...memory.money(),
  };
}

/** For clicks that were pending, what counts is whether their view has come, and the money. */
function judgePending(click: Click, known: Known, memory: Memory): Verdict {
  const { served } = click;
  if (served === undefined) return { kind: 'invalid', reason: 'malformed' };
  if (!known.viewed.has(served.impressionId)) return { kind: 'invalid', reason: 'no-view' };
  return memory.charge(click, served);
}

function judge(click: Click, known: Known, memory: Memory): Verdict {
  const reason = invalidByItself(click, known.rules, known.nowMs);
  if (reason !== undefined) return { kind: 'invalid', reason };
  const { served } = click;
  if (served === undefined) return { kind: 'invalid', reason: 'malformed' };
  const repeat = memory.repeat(click, served);
  if (repeat !== undefined) return { kind: 'invalid', reason: repeat };
  const verdict = viewedOrBilled(click, served, known, memory);
  if (verdict.kind !== 'invalid') memory.remember(countedClick(click, served));
  return verdict;
}

function viewedOrBilled(click: Click, served: Served, known: Known, memory: Memory): Verdict {
  const { viewWaitMs } = known.rules;
  if (viewWaitMs === undefined || known.viewed.has(served.impressionId)) return memory.charge(click, served);
  return memory.knowsCampaign(served) ? { kind: 'pending' } : { kind: 'invalid', reason: 'unknown-campaign' };
}

function byEventTime(a: Click, b: Click): number {
  return a.clickedAtMs - b.clickedAtMs || (a.clickId < b.clickId ? -1 : 1);
}
