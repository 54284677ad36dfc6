import { present } from '../../base/assert.ts';
import type { Bundle } from './bundle-code.ts';
import { bundleOf } from './bundle-columns.ts';

/** The time by which messages are sorted: the first of a bundle, and that of one of its messages. */
export interface TimeOf {
  first(bundle: Bundle): number;
  of(bundle: Bundle, which: number): number;
}

/** A message of a bundle. */
export interface InBundle {
  readonly bundle: Bundle;
  readonly which: number;
}

/**
 * The messages of bundles, by a time and then by order. Times of bundles overlap: each bundle is opened before anything that may stand behind its
 * first message is taken.
 */
export class BundleLine {
  readonly #bundles: Iterator<unknown>;
  readonly #timeOf: TimeOf;
  readonly #isWanted: (ms: number, order: number) => boolean;
  #open: OpenBundle[] = [];
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
    let first = this.#earliest();
    while (this.#next !== undefined && this.#timeOf.first(this.#next) <= (first?.ms ?? Infinity)) {
      const opened = new OpenBundle(this.#next, this.#timeOf, this.#isWanted);
      if (!opened.isEmpty) this.#open.push(opened);
      this.#step();
      first = this.#earliest();
    }
    if (first === undefined) return undefined;
    const { bundle, which } = first;
    first.pass();
    if (first.isEmpty) this.#open = this.#open.filter((each) => each !== first);
    return { bundle, which };
  }

  /** Nothing more is taken. */
  end(): void {
    this.#bundles.return?.();
  }

  #earliest(): OpenBundle | undefined {
    let earliest = this.#open[0];
    for (let at = 1; at < this.#open.length; at += 1) {
      const other = this.#open[at];
      if (earliest === undefined || (other !== undefined && earliest.isBehind(other))) earliest = other;
    }
    return earliest;
  }

  #step(): void {
    const row = this.#bundles.next();
    this.#next = row.done === true ? undefined : bundleOf(row.value);
  }
}

/** What is left of one bundle. */
class OpenBundle {
  readonly bundle: Bundle;
  /** The time of the next message, and its place. */
  ms = Infinity;
  order = Infinity;
  readonly #timeOf: TimeOf;
  /** The next last. */
  readonly #left: number[] = [];

  constructor(bundle: Bundle, timeOf: TimeOf, isWanted: (ms: number, order: number) => boolean) {
    this.bundle = bundle;
    this.#timeOf = timeOf;
    let isSorted = true;
    let laterMs = Infinity;
    for (let which = bundle.count - 1; which >= 0; which -= 1) {
      if (bundle.isGone(which)) continue;
      const ms = timeOf.of(bundle, which);
      if (!isWanted(ms, bundle.order(which))) continue;
      isSorted &&= ms <= laterMs;
      laterMs = ms;
      this.#left.push(which);
    }
    if (!isSorted)
      this.#left.sort((one, other) => timeOf.of(bundle, other) - timeOf.of(bundle, one) || other - one);
    this.#show();
  }

  get isEmpty(): boolean {
    return this.#left.length === 0;
  }

  /** The number of the next message. */
  get which(): number {
    return present(this.#left.at(-1), 'the next of an open bundle');
  }

  /** True when its next message comes after that of another. */
  isBehind(other: OpenBundle): boolean {
    return this.ms > other.ms || (this.ms === other.ms && this.order > other.order);
  }

  /** The next message has been taken. */
  pass(): void {
    this.#left.pop();
    this.#show();
  }

  #show(): void {
    const which = this.#left.at(-1);
    if (which === undefined) return;
    this.ms = this.#timeOf.of(this.bundle, which);
    this.order = this.bundle.order(which);
  }
}
