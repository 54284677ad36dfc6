import type { Click, Served } from './click.ts';
import { DOUBLE_CLICK_WINDOW_MS, invalidByItself, type Verdict } from './rules.ts';

/** The money of one campaign, as the locked row says. */
export interface Budget {
  readonly campaignId: number;
  readonly active: boolean;
  readonly limitMicros: number;
  readonly spentMicros: number;
}

/** A click that counted (billed or free), as far as it matters to later ones. */
export interface CountedClick {
  readonly impressionId: string;
  readonly adId: number;
  readonly addressHash: string;
  readonly agent: string;
  readonly clickedAtMs: number;
}

/** What the database holds about the clicks of a batch. */
export interface Known {
  readonly budgets: readonly Budget[];
  /** Counted clicks that share an impression, or a viewer and an ad, with a click of the batch. */
  readonly counted: readonly CountedClick[];
}

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
  return clicks.toSorted(byEventTime).map((click) => ({ click, verdict: memory.judge(click) }));
}

function byEventTime(a: Click, b: Click): number {
  return a.clickedAtMs - b.clickedAtMs || (a.clickId < b.clickId ? -1 : 1);
}

class Memory {
  readonly #budgets = new Map<number, Budget>();
  readonly #impressions = new Set<string>();
  readonly #viewerTimes = new Map<string, number[]>();

  constructor(known: Known) {
    for (const budget of known.budgets) this.#budgets.set(budget.campaignId, budget);
    for (const click of known.counted) this.#remember(click);
  }

  judge(click: Click): Verdict {
    const reason = invalidByItself(click);
    if (reason !== undefined) return { kind: 'invalid', reason };
    const { served } = click;
    if (served === undefined) return { kind: 'invalid', reason: 'malformed' };
    const repeat = this.#repeat(click, served);
    if (repeat !== undefined) return { kind: 'invalid', reason: repeat };
    const verdict = this.#charge(served);
    if (verdict.kind !== 'invalid') this.#remember(countedClick(click, served));
    return verdict;
  }

  #repeat(click: Click, served: Served): 'double-click' | 'repeated-impression' | undefined {
    const times = this.#viewerTimes.get(viewerOfAd(countedClick(click, served))) ?? [];
    const near = (time: number): boolean => Math.abs(click.clickedAtMs - time) <= DOUBLE_CLICK_WINDOW_MS;
    if (times.some(near)) return 'double-click';
    return this.#impressions.has(served.impressionId) ? 'repeated-impression' : undefined;
  }

  #charge(served: Served): Verdict {
    const budget = this.#budgets.get(served.campaignId);
    if (budget === undefined) return { kind: 'invalid', reason: 'unknown-campaign' };
    if (!budget.active) return { kind: 'free', reason: 'ended' };
    const spentMicros = budget.spentMicros + served.priceMicros;
    if (spentMicros > budget.limitMicros) return { kind: 'free', reason: 'unfunded' };
    this.#budgets.set(budget.campaignId, { ...budget, spentMicros });
    return { kind: 'billed' };
  }

  #remember(click: CountedClick): void {
    this.#impressions.add(click.impressionId);
    const key = viewerOfAd(click);
    const times = this.#viewerTimes.get(key);
    if (times === undefined) this.#viewerTimes.set(key, [click.clickedAtMs]);
    else times.push(click.clickedAtMs);
  }
}

function countedClick(click: Click, served: Served): CountedClick {
  const { impressionId, adId } = served;
  const { addressHash, agent, clickedAtMs } = click;
  return { impressionId, adId, addressHash, agent, clickedAtMs };
}

function viewerOfAd(click: CountedClick): string {
  return `${click.adId}\n${click.addressHash}\n${click.agent}`;
}
