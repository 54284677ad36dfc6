import { present } from '../../base/assert.ts';
import type { Bundle } from './bundle-code.ts';
import { bundleOf } from './bundle-columns.ts';

/** The time by which messages are sorted: the first of a bundle, and that of one of its messages. */
export interface TimeOf {
  first(bundle: Bundle): number;
  of(bundle: Bundle, which: number): number;
}

/** A message of a bundle. */
interface InBundle {
  readonly bundle: Bundle;
  readonly which: number;
  readonly ms: number;
  readonly order: number;
}

/** What is left of one bundle, the next last. */
type Left = InBundle[];

/**
 * The messages of bundles, by a time and then by order. Times of bundles overlap: each bundle is opened before anything that may stand behind its
 * first message is taken.
 */
export class BundleLine {
  readonly #bundles: Iterator<unknown>;
  readonly #timeOf: TimeOf;
  readonly #isWanted: (ms: number, order: number) => boolean;
  #open: Left[] = [];
  #next: Bundle | undefined;

  /** Rows of bundles that come by their first time. */
  constructor(bundles: Iterator<unknown>, timeOf: TimeOf, isWanted: (ms: number, order: number) => boolean) {
    this.#bundles = bundles;
    this.#timeOf = timeOf;
    this.#isWanted = isWanted;
    this.#step();
  }

  /** The next message; undefined when there is none. */
  take(): InBundle | undefined {
    let left = this.#earliest();
    while (this.#next !== undefined && this.#timeOf.first(this.#next) <= (left?.at(-1)?.ms ?? Infinity)) {
      const opened = this.#leftOf(this.#next);
      if (opened.length > 0) this.#open.push(opened);
      this.#step();
      left = this.#earliest();
    }
    const first = left?.pop();
    if (left?.length === 0) this.#open = this.#open.filter((each) => each !== left);
    return first;
  }

  #earliest(): Left | undefined {
    let earliest: Left | undefined;
    for (const left of this.#open)
      if (earliest === undefined || isBehind(nextOf(earliest), nextOf(left))) earliest = left;
    return earliest;
  }

  #step(): void {
    const row = this.#bundles.next();
    this.#next = row.done === true ? undefined : bundleOf(row.value);
  }

  #leftOf(bundle: Bundle): Left {
    const left: Left = [];
    let isSorted = true;
    for (let which = bundle.count - 1; which >= 0; which -= 1) {
      const [ms, order] = [this.#timeOf.of(bundle, which), bundle.order(which)];
      if (bundle.isGone(which) || !this.#isWanted(ms, order)) continue;
      const before = left.at(-1);
      isSorted &&= before === undefined || before.ms >= ms;
      left.push({ bundle, which, ms, order });
    }
    return isSorted ? left : left.sort((one, other) => (isBehind(one, other) ? -1 : 1));
  }
}

function nextOf(left: Left): InBundle {
  return present(left.at(-1), 'the next of an open bundle');
}

function isBehind(one: InBundle, other: InBundle): boolean {
  return one.ms > other.ms || (one.ms === other.ms && one.order > other.order);
}
