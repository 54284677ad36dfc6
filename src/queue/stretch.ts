import type { StoredMessage, StoredMessages } from '../store/queue-store.ts';
import { MESSAGE_OVERHEAD_BYTES } from './entry.ts';

/** What a page of lanes has brought: lane by lane, and in order inside each. */
export interface Brought {
  readonly messages: StoredMessages;
  /** The place of each of them. */
  readonly orders: ArrayLike<number>;
  /** About what they take in memory as long as they are kept together. */
  readonly sizeBytes: number;
}

/** Pages of lanes that have come and have not entered the window as a whole. */
export class ArrivedLanes {
  readonly #pages = new Set<ArrivedPage>();

  get count(): number {
    return this.#pages.size;
  }

  /** The page that came first. */
  get oldest(): ArrivedPage | undefined {
    for (const page of this.#pages) return page;
    return undefined;
  }

  /** Bytes of all pages, and what their messages will take beside their bodies. */
  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const page of this.#pages)
      sizeBytes += page.brought.sizeBytes + page.leftCount * MESSAGE_OVERHEAD_BYTES;
    return sizeBytes;
  }

  /** A page that has come; it is kept as long as anything of it has not entered. */
  page(brought: Brought): ArrivedPage {
    return new ArrivedPage(brought, this.#pages);
  }

  /** Nothing of them is needed. */
  clear(): void {
    for (const { brought } of this.#pages) brought.messages.release?.();
    this.#pages.clear();
  }
}

/** A page of lanes that has come. */
export class ArrivedPage {
  readonly brought: Brought;
  /** The lanes that have, or had, a stretch of it. */
  readonly lanes: number[] = [];
  /** Messages of its stretches that have not entered the window. */
  leftCount = 0;
  readonly #kept: Set<ArrivedPage>;

  constructor(brought: Brought, kept: Set<ArrivedPage>) {
    this.brought = brought;
    this.#kept = kept;
  }

  /** Its messages from one number up to another, not this one itself, which are those of this lane. */
  stretch(lane: number, from: number, end: number): Stretch {
    this.lanes.push(lane);
    this.leftCount += end - from;
    this.#kept.add(this);
    return new Stretch(this, from, end);
  }

  /** So many are not needed any more. */
  let(count: number): void {
    this.leftCount -= count;
    this.endIfEmpty();
  }

  /** A page of which nothing is left is let go. */
  endIfEmpty(): void {
    if (this.leftCount > 0) return;
    this.#kept.delete(this);
    this.brought.messages.release?.();
  }
}

/**
 * Messages of one lane that a page has brought and that are made when they are needed. All of them rest in the store as they were read:
 * before anything changes one of them, they enter the window.
 */
export class Stretch {
  readonly page: ArrivedPage;
  #next: number;
  readonly #end: number;

  constructor(page: ArrivedPage, from: number, end: number) {
    this.page = page;
    this.#next = from;
    this.#end = end;
  }

  get length(): number {
    return this.#end - this.#next;
  }

  /** The place of its first message; Infinity when none is left. */
  get first(): number {
    return this.#next < this.#end ? (this.page.brought.orders[this.#next] ?? Infinity) : Infinity;
  }

  /** Makes its first message, and lets go of it. */
  take(): StoredMessage | undefined {
    if (this.#next >= this.#end) return undefined;
    const stored = this.page.brought.messages.at(this.#next);
    this.#next += 1;
    this.page.let(1);
    return stored;
  }

  /** None of its messages is needed any more. */
  drop(): void {
    const { length } = this;
    this.#next = this.#end;
    if (length > 0) this.page.let(length);
  }
}
