import type { Click, Served } from './click.ts';
import { countedClick, type Budget, type BudgetDay, type CountedClick, type Known } from './known.ts';
import type { Rules, Verdict } from './rules.ts';

/** The day of a moment, UTC, such as 2026-01-31. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** What is known while the clicks of one batch are judged one after the other. */
export class Memory {
  readonly #rules: Rules;
  readonly #budgets = new Map<number, Budget>();
  readonly #days = new Map<string, number>();
  readonly #impressions = new Set<string>();
  /** By address: the clicks that counted. */
  readonly #clicks = new Map<string, CountedClick[]>();

  constructor(known: Known) {
    this.#rules = known.rules;
    for (const budget of known.budgets) this.#budgets.set(budget.campaignId, budget);
    for (const one of known.days) this.#days.set(`${one.campaignId} ${one.day}`, one.spentMicros);
    for (const click of known.counted) this.remember(click);
  }

  /** Why the click is a repetition of earlier ones, if it is. */
  repeat(click: Click, served: Served): 'double-click' | 'too-many' | 'repeated-impression' | undefined {
    const same = this.#clicks.get(click.addressHash) ?? [];
    if (same.some((other) => this.#isDoubleClick(countedClick(click, served), other))) return 'double-click';
    if (this.#impressions.has(served.impressionId)) return 'repeated-impression';
    const tooMany = this.#rules.viewerRates.some(
      ({ windowMs, most }) =>
        same.filter((other) => isLike(served, other) && isWithin(windowMs, click, other)).length >= most,
    );
    return tooMany ? 'too-many' : undefined;
  }

  /** Takes the price from the budget, if that suffices. */
  charge(click: Click, served: Served): Verdict {
    const budget = this.#budgets.get(served.campaignId);
    if (budget === undefined) return { kind: 'invalid', reason: 'unknown-campaign' };
    const isOver = budget.endsAtMs !== undefined && click.clickedAtMs >= budget.endsAtMs;
    if (!budget.active || isOver) return { kind: 'free', reason: 'ended' };
    const spentMicros = budget.spentMicros + served.priceMicros;
    const day = `${budget.campaignId} ${dayOf(click.clickedAtMs)}`;
    const spentOfDay = (this.#days.get(day) ?? 0) + served.priceMicros;
    if (spentMicros > budget.limitMicros || spentOfDay > (budget.dayLimitMicros ?? Infinity))
      return { kind: 'free', reason: 'unfunded' };
    this.#budgets.set(budget.campaignId, { ...budget, spentMicros });
    this.#days.set(day, spentOfDay);
    return { kind: 'billed' };
  }

  /** The money as it is now. */
  money(): { budgets: readonly Budget[]; days: readonly BudgetDay[] } {
    const days = this.#days.entries().map(([key, spentMicros]) => {
      const [campaign, day = ''] = key.split(' ');
      return { campaignId: Number(campaign), day, spentMicros };
    });
    return { budgets: [...this.#budgets.values()], days: [...days] };
  }

  /** Whether there is such a campaign at all. */
  knowsCampaign(served: Served): boolean {
    return this.#budgets.has(served.campaignId);
  }

  /** From now on the click counts for those after it. */
  remember(click: CountedClick): void {
    this.#impressions.add(click.impressionId);
    const same = this.#clicks.get(click.addressHash);
    if (same === undefined) this.#clicks.set(click.addressHash, [click]);
    else same.push(click);
  }

  /** In either direction: of two halves that come in the wrong order, the one that came first is charged. */
  #isDoubleClick(click: CountedClick, other: CountedClick): boolean {
    const near = Math.abs(click.clickedAtMs - other.clickedAtMs) <= this.#rules.doubleClickWindowMs;
    return near && other.adId === click.adId && other.agent === click.agent;
  }
}

/** Rates go by campaign: only its own clicks are surely all known while its budget is locked. */
function isLike(served: Served, other: CountedClick): boolean {
  return served.campaignId === other.campaignId;
}

function isWithin(windowMs: number, click: Click, other: CountedClick): boolean {
  return Math.abs(click.clickedAtMs - other.clickedAtMs) < windowMs;
}
