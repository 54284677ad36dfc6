import type { LanePage } from '../store/queue-store.ts';
import type { Moment } from './command.ts';

/**
 * The search through what rests in the store, in the order of places and whatever its lane. Behind it nothing rests but
 * what is known to; a place is looked at once, unless the search is told to go back.
 */
export class LineSweep {
  /** Everything up to this place has been looked at. */
  cursor = 0;
  /** The last place at which something may rest. */
  #through = 0;
  /** The last group that left something to the store. */
  #lastDropGroup = -1;
  /** What was read last showed this group and came to the end. */
  #sawGroup = -1;
  /** The message that stands next is hidden until this time. */
  #hiddenUntilMs = -Infinity;
  #wentBack = false;

  /** True when something may rest that has not been looked at. */
  get isBehind(): boolean {
    return this.#through > this.cursor;
  }

  /** When to look again; Infinity when nothing but the disk or room is waited for. */
  wakeAtMs(nowMs: number): number {
    return this.isBehind && this.#hiddenUntilMs > nowMs ? this.#hiddenUntilMs : Infinity;
  }

  /** Nothing rests before this place. */
  begin(order: number): void {
    this.cursor = Math.max(this.cursor, order - 1);
  }

  /** A message is left to the store. A place that was passed is looked at again only when told. */
  drop(order: number, group: number): void {
    this.#through = Math.max(this.#through, order);
    this.#lastDropGroup = Math.max(this.#lastDropGroup, group);
  }

  /** Everything from this place on, through that one, is to be looked at again; what stands there is hidden until then. */
  goBack(order: number, throughOrder: number, hiddenUntilMs = -Infinity): void {
    this.#through = Math.max(this.#through, throughOrder);
    if (order > this.cursor) return;
    this.cursor = order - 1;
    this.#hiddenUntilMs = hiddenUntilMs;
    this.#sawGroup = -1;
    this.#wentBack = true;
  }

  /** What is hidden may show earlier than was said. */
  lookSoon(): void {
    this.#hiddenUntilMs = -Infinity;
  }

  /** There may be something to find that the disk shows. */
  mayLook({ nowMs, durableGroup }: Moment): boolean {
    return this.isBehind && this.#hiddenUntilMs <= nowMs && durableGroup > this.#sawGroup;
  }

  /** There may be something to find once the disk has come further. */
  waitsForDisk(moment: Moment): boolean {
    return this.isBehind && this.#hiddenUntilMs <= moment.nowMs && !this.mayLook(moment);
  }

  /** A page is asked for. */
  ask(): void {
    this.#wentBack = false;
  }

  /** A page has come; false when the search has gone back since, so that it says nothing. */
  arrived(page: LanePage, throughGroup: number): boolean {
    if (this.#wentBack) return false;
    this.cursor = Math.max(this.cursor, page.lastOrder);
    this.#hiddenUntilMs = page.nextVisibleAtMs ?? -Infinity;
    if (page.isLast) this.#sawGroup = throughGroup;
    if (page.isLast && this.#lastDropGroup <= throughGroup) this.#through = this.cursor;
    return true;
  }

  /** Nothing rests any more. */
  clear(): void {
    this.#through = this.cursor;
    this.#hiddenUntilMs = -Infinity;
  }
}
