import { present } from '../base/assert.ts';
import type { PageCursor } from '../store/queue-store.ts';
import type { Moment, Reading } from './command.ts';
import { Touched } from './touched.ts';

/** Before everything that rests. */
const START: PageCursor = Object.freeze({ visibleAtMs: -1, order: -1 });

/** What is left to the store and ends within this time is not read any more: it would end on its way. */
const NEAR_END_MS = 100;

/**
 * What the law remembers of the messages that rest in the store alone. A page is read up to a time through which
 * everything is durable, so that the cursor never passes a message that is still on its way to the disk.
 */
export class Backlog {
  cursor: PageCursor = START;
  readonly touched = new Touched();
  /** No resting message becomes visible before this time. */
  nextMs = Infinity;
  #page: Reading | undefined;
  /** Set when the cursor went back while a page was being read: the page does not move it on then. */
  #wentBack = false;
  /** The last group in which a message was left to the store. */
  #lastDropGroup = 0;
  /** Pages are right only once this group is durable. */
  #pagesAfterGroup = 0;
  /** How many resting messages become visible in which second; at most twelve hours ahead. */
  readonly #hidden = new Map<number, number>();

  /** A message is left to the store; `before` messages rested there already. */
  drop(visibleAtMs: number, order: number, before: number, moment: Moment): void {
    if (before === 0) this.#begin(moment);
    const { cursor } = this;
    const behind =
      visibleAtMs < cursor.visibleAtMs || (visibleAtMs === cursor.visibleAtMs && order <= cursor.order);
    if (behind) this.#goBack({ visibleAtMs, order: order - 1 });
    this.nextMs = Math.min(this.nextMs, visibleAtMs);
    this.#lastDropGroup = moment.group;
    if (visibleAtMs > moment.nowMs) this.hide(visibleAtMs);
  }

  /**
   * A message is written that became visible at this time. When that was before now, as with a lease that is written after its end,
   * a page up to `durableThroughMs` may look for it where it is not yet.
   */
  writing(visibleAtMs: number, moment: Moment): void {
    if (visibleAtMs < moment.nowMs) this.#waitFor(moment.group);
  }

  get pageOutstanding(): boolean {
    return this.#page !== undefined;
  }

  /** True when what rests is what the disk holds. */
  isWritten(moment: Moment): boolean {
    return moment.durableGroup >= this.#pagesAfterGroup;
  }

  /** True when a page read now would be right and could bring something. */
  mayPage(moment: Moment): boolean {
    return !this.pageOutstanding && this.nextMs < moment.durableThroughMs && this.isWritten(moment);
  }

  /** True when only the disk has to come further before a page can be read. */
  waitsForDisk(moment: Moment): boolean {
    return !this.pageOutstanding && this.nextMs < moment.nowMs && !this.mayPage(moment);
  }

  /** A page is being asked for. */
  ask(moment: Moment): void {
    this.#page = this.touched.begin(moment);
    this.nextMs = this.#lastDropGroup > moment.durableGroup ? moment.durableThroughMs : Infinity;
  }

  /** The page that was asked for. */
  get page(): Reading {
    return present(this.#page, 'the page that was asked for');
  }

  /** What became visible up to this time has outlived its retention: the line goes on behind it, and behind what is near its end. */
  passOver(throughMs: number): void {
    if (this.cursor.visibleAtMs > throughMs) return;
    this.cursor = { visibleAtMs: throughMs + NEAR_END_MS + 1, order: -1 };
  }

  /** What the line has passed over may wait all the same. */
  lookAgain(): void {
    this.nextMs = -Infinity;
    this.#goBack({ visibleAtMs: -1, order: -1 });
  }

  /** A page of lanes is being asked for: the line stays where it is. */
  askLanes(moment: Moment): void {
    this.#page = this.touched.begin(moment);
  }

  /** A page of lanes has come. */
  lanesArrived(moment: Moment): void {
    this.touched.end(this.page, moment);
    this.#page = undefined;
    this.#wentBack = false;
  }

  /** A page has come: the line goes on behind it. Its reading ends when nothing of it is needed any more. */
  arrived(last: PageCursor, nextVisibleAtMs: number | undefined): void {
    this.#page = undefined;
    if (!this.#wentBack) this.cursor = last;
    this.#wentBack = false;
    this.nextMs = Math.min(this.nextMs, nextVisibleAtMs ?? Infinity);
  }

  /** Counts a resting message that is hidden until then. */
  hide(visibleAtMs: number): void {
    const second = Math.ceil(visibleAtMs / 1000);
    this.#hidden.set(second, (this.#hidden.get(second) ?? 0) + 1);
  }

  /** How many resting messages are hidden at this time. */
  hiddenCount(nowMs: number): number {
    let count = 0;
    for (const [second, hidden] of this.#hidden) {
      if (second * 1000 <= nowMs) this.#hidden.delete(second);
      else count += hidden;
    }
    return count;
  }

  /** True when all that rests is known to be hidden at this time. */
  hidesAll(nowMs: number): boolean {
    return !this.pageOutstanding && this.nextMs > nowMs;
  }

  /** Nothing rests in the store any more. */
  clear(): void {
    this.nextMs = Infinity;
    if (this.cursor !== START || this.pageOutstanding) this.#goBack(START);
    if (this.#hidden.size > 0) this.#hidden.clear();
  }

  #begin(moment: Moment): void {
    this.#waitFor(moment.group);
    this.#goBack({ visibleAtMs: Infinity, order: Infinity });
    this.#hidden.clear();
  }

  #waitFor(group: number): void {
    this.#pagesAfterGroup = Math.max(this.#pagesAfterGroup, group);
  }

  #goBack(cursor: PageCursor): void {
    this.cursor = cursor;
    if (this.pageOutstanding) this.#wentBack = true;
  }
}
