import { contentSizeOf } from './packed.ts';
import { laneOf, sentAtMsOf, visibleAtMsOf, type RecentMessage } from './recent.ts';

/** How many messages stand in one row. */
export interface BundleSizes {
  /** Fewer are better off in rows of their own. */
  readonly fewest: number;
  readonly most: number;
}

/** Rows of some pages: fewer entries of indexes cost more than they save beyond that. */
export const BUNDLE_SIZES: BundleSizes = { fewest: 4, most: 64 };

/** The times of one bundle are at most so far apart: who looks for a time need not look far before it. */
export const BUNDLE_SPAN_MS = 1000;

/** A message with a longer content has rows of its own, which are the smaller part of what it costs. */
const MOST_CONTENT_BYTES = 4096;

/** Places of one bundle are at most so far apart: they are kept as numbers of 4 bytes. */
const MOST_PLACES = 2 ** 31;

/** Messages of one bundle, in order of places. */
export interface Cut {
  readonly messages: readonly RecentMessage[];
  readonly contentBytes: number;
  readonly firstVisibleAtMs: number;
  readonly lastVisibleAtMs: number;
  readonly oldestSentAtMs: number;
  readonly hasLanes: boolean;
}

/** Cuts messages of one queue, in their order, into bundles and such as stand alone. */
export class BundleCutter {
  readonly #sizes: BundleSizes;
  readonly #take: (cut: Cut) => void;
  readonly #leave: (message: RecentMessage) => void;
  /** The place of the last message that may stand in a bundle. */
  #lastOrder: number;
  #run: Run | undefined;

  /** Only messages behind `lastOrder` are taken into bundles, so that no two overlap. */
  constructor(
    sizes: BundleSizes,
    lastOrder: number,
    to: { readonly take: (cut: Cut) => void; readonly leave: (message: RecentMessage) => void },
  ) {
    this.#sizes = sizes;
    this.#lastOrder = lastOrder;
    this.#take = to.take;
    this.#leave = to.leave;
  }

  /** The next message. */
  add(message: RecentMessage): void {
    if (message.order <= this.#lastOrder || !isUntouched(message)) return this.#leave(message);
    const contentBytes = contentSizeOf(message.group, message.contentAt);
    if (contentBytes > MOST_CONTENT_BYTES) return this.#leave(message);
    this.#lastOrder = message.order;
    let run = this.#run;
    if (run?.hasRoomFor(message, this.#sizes.most) !== true) {
      this.end();
      run = new Run(message);
      this.#run = run;
    }
    run.add(message, contentBytes);
  }

  /** No message follows. */
  end(): void {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    if (run.messages.length >= this.#sizes.fewest) return this.#take(run);
    for (const message of run.messages) this.#leave(message);
  }
}

/** Messages that go into one bundle. */
class Run implements Cut {
  readonly messages: RecentMessage[] = [];
  contentBytes = 0;
  hasLanes = false;
  firstVisibleAtMs: number;
  lastVisibleAtMs: number;
  oldestSentAtMs: number;
  #newestSentAtMs: number;
  readonly #firstOrder: number;

  constructor(first: RecentMessage) {
    this.#firstOrder = first.order;
    this.firstVisibleAtMs = visibleAtMsOf(first);
    this.lastVisibleAtMs = this.firstVisibleAtMs;
    this.oldestSentAtMs = sentAtMsOf(first);
    this.#newestSentAtMs = this.oldestSentAtMs;
  }

  hasRoomFor(message: RecentMessage, most: number): boolean {
    const [visibleAtMs, sentAtMs] = [visibleAtMsOf(message), sentAtMsOf(message)];
    return (
      this.messages.length < most &&
      message.order - this.#firstOrder < MOST_PLACES &&
      visibleAtMs - this.firstVisibleAtMs <= BUNDLE_SPAN_MS &&
      this.lastVisibleAtMs - visibleAtMs <= BUNDLE_SPAN_MS &&
      sentAtMs - this.oldestSentAtMs <= BUNDLE_SPAN_MS &&
      this.#newestSentAtMs - sentAtMs <= BUNDLE_SPAN_MS
    );
  }

  add(message: RecentMessage, contentBytes: number): void {
    const [visibleAtMs, sentAtMs] = [visibleAtMsOf(message), sentAtMsOf(message)];
    this.messages.push(message);
    this.contentBytes += contentBytes;
    this.hasLanes ||= laneOf(message) !== 0;
    this.firstVisibleAtMs = Math.min(this.firstVisibleAtMs, visibleAtMs);
    this.lastVisibleAtMs = Math.max(this.lastVisibleAtMs, visibleAtMs);
    this.oldestSentAtMs = Math.min(this.oldestSentAtMs, sentAtMs);
    this.#newestSentAtMs = Math.max(this.#newestSentAtMs, sentAtMs);
  }
}

/** Nobody holds it or has received it: of its state only the time at which it shows says anything. */
function isUntouched({ group: { numbers }, numbersAt: at }: RecentMessage): boolean {
  return numbers[at + 1] === 0 && numbers[at + 2] === 0 && numbers[at + 3] === 0 && numbers[at + 4] === 0;
}
