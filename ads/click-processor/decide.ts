import type { Click, Served } from './click.ts';
import { countedClick, type Known } from './known.ts';
import { Memory } from './memory.ts';
import { invalidByItself, type Verdict } from './rules.ts';

/** A click and its bucket. */
export interface Decided {
  readonly click: Click;
  readonly verdict: Verdict;
}

/**
 * Gives each click its one verdict, in the order in which they were clicked, each seeing the ones before it.
 * Pure: the caller holds the locks that keep `known` true.
 */
export function decide(clicks: readonly Click[], known: Known): readonly Decided[] {
  const memory = new Memory(known);
  return clicks.toSorted(byEventTime).map((click) => ({ click, verdict: judge(click, known, memory) }));
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

/**
 * The verdicts on clicks that were pending: what counts now is whether their view has come, and the money. They are
 * judged in the order in which they were clicked.
 */
export function decidePending(clicks: readonly Click[], known: Known): readonly Decided[] {
  const memory = new Memory(known);
  return clicks.toSorted(byEventTime).flatMap((click): readonly Decided[] => {
    if (click.served === undefined) return [];
    if (!known.viewed.has(click.served.impressionId))
      return [{ click, verdict: { kind: 'invalid', reason: 'no-view' } }];
    return [{ click, verdict: memory.charge(click, click.served) }];
  });
}

function byEventTime(a: Click, b: Click): number {
  return a.clickedAtMs - b.clickedAtMs || (a.clickId < b.clickId ? -1 : 1);
}
