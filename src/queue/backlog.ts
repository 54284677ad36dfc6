import type { PageCursor } from '../store/queue-store.ts';
import type { Moment } from './command.ts';

/**
 * What the law remembers of the messages that rest in the store alone. A page is read up to a time through which
 * everything is durable, so that the cursor never passes a message that is still on its way to the disk.
 */
export class Backlog {
  cursor: PageCursor = { visibleAtMs: -1, order: -1 };
  pageOutstanding = false;
  expiryOutstanding = false;
  /** Whether anything rested when the outstanding expiry was asked for: else what it brings unknown is gone already. */
  expiryCoversResting = false;
  /** No resting message becomes visible before this time. */
  nextMs = Infinity;
  /** Set when the cursor went back while a page was being read: the page does not move it on then. */
  #wentBack = false;
  /** The last group in which a message was left to the store. */
  #lastDropGroup = 0;
  /** Pages are right only once this group is durable. */
  #pagesAfterGroup = 0;
  /** Messages changed since by the law, with the group of the change: what an older page says of them is void. */
  readonly #touched = new Map<number, number>();
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
    if (visibleAtMs > moment.nowMs) this.#hide(visibleAtMs);
  }

  /** The law changed this message: no page older than the change counts for it. */
  touch(order: number, moment: Moment): void {
    this.#touched.delete(order);
    this.#touched.set(order, moment.group);
  }

  wasTouched(order: number): boolean {
    return this.#touched.has(order);
  }

  /** True when a page read now would be right and could bring something. */
  mayPage(moment: Moment): boolean {
    return (
      !this.pageOutstanding &&
      this.nextMs < moment.durableThroughMs &&
      moment.durableGroup >= this.#pagesAfterGroup
    );
  }

  /** A page is being asked for. */
  ask(moment: Moment): void {
    this.pageOutstanding = true;
    this.nextMs = this.#lastDropGroup > moment.durableGroup ? moment.durableThroughMs : Infinity;
  }

  /** True when the oldest messages may be asked for. */
  mayAskForExpiry(moment: Moment, resting: number): boolean {
    return !this.expiryOutstanding && (resting === 0 || moment.durableGroup >= this.#pagesAfterGroup);
  }

  /** The oldest messages are being asked for. */
  askForExpiry(resting: number): void {
    this.expiryOutstanding = true;
    this.expiryCoversResting = resting > 0;
  }

  /** A page has come: the line goes on behind it. */
  arrived(last: PageCursor, nextVisibleAtMs: number | undefined): void {
    if (!this.#wentBack) this.cursor = last;
    this.#wentBack = false;
    this.pageOutstanding = false;
    this.nextMs = Math.min(this.nextMs, nextVisibleAtMs ?? Infinity);
  }

  /** Forgets which changes are older than every page to come. */
  prune(moment: Moment): void {
    if (this.pageOutstanding || this.expiryOutstanding) return;
    for (const [order, group] of this.#touched) {
      if (group > moment.durableGroup) return;
      this.#touched.delete(order);
    }
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

  /** Nothing rests in the store any more. */
  clear(): void {
    this.nextMs = Infinity;
    this.#goBack({ visibleAtMs: -1, order: -1 });
    this.#hidden.clear();
  }

  #begin(moment: Moment): void {
    this.#pagesAfterGroup = Math.max(this.#pagesAfterGroup, moment.group);
    this.#goBack({ visibleAtMs: Infinity, order: Infinity });
    this.#hidden.clear();
  }

  #goBack(cursor: PageCursor): void {
    this.cursor = cursor;
    if (this.pageOutstanding) this.#wentBack = true;
  }

  #hide(visibleAtMs: number): void {
    const second = Math.ceil(visibleAtMs / 1000);
    this.#hidden.set(second, (this.#hidden.get(second) ?? 0) + 1);
  }
}
