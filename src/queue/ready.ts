import type { StoredMessages } from '../store/queue-store.ts';
import type { Reading } from './command.ts';
import { MESSAGE_OVERHEAD_BYTES, type Entry } from './entry.ts';
import { Line } from './line.ts';

/** A page that has come, and what of it has not entered the window. */
export interface ArrivedPage {
  readonly messages: StoredMessages;
  readonly sizeBytes: number;
  readonly reading: Reading;
  /** The number of the next message that enters. */
  next: number;
}

/** A page that stands in the line, and what stands between it and the next one. */
interface PageInLine {
  readonly page: ArrivedPage;
  readonly behind: Line<Entry>;
}

/**
 * The messages of a standard queue that a receive may have, in line. A page that has come stands in it as a whole, and its messages enter
 * one by one when they are soon needed: what was in memory for a moment only is cheap to get rid of.
 */
export class Ready {
  #front = new Line<Entry>();
  readonly #pages: PageInLine[] = [];
  /** What is pushed now comes from the first page, and stands before it. */
  isEntering = false;

  /** Entries in front of all pages. */
  get atHandCount(): number {
    return this.#front.length;
  }

  get first(): Entry | undefined {
    return this.#front.first;
  }

  /** The first page that has not entered the window as a whole. */
  get page(): ArrivedPage | undefined {
    return this.#pages[0]?.page;
  }

  /** Messages of pages that have not entered. */
  get pagedCount(): number {
    return this.#pages.reduce((count, { page }) => count + page.messages.length - page.next, 0);
  }

  /** Bytes of all pages that have not entered as a whole, and what their messages will take beside their bodies. */
  get pagedSizeBytes(): number {
    const bytes = this.#pages.reduce((sizeBytes, { page }) => sizeBytes + page.sizeBytes, 0);
    return bytes + this.pagedCount * MESSAGE_OVERHEAD_BYTES;
  }

  push(entry: Entry): void {
    const line = this.isEntering ? this.#front : (this.#pages.at(-1)?.behind ?? this.#front);
    line.push(entry);
  }

  /** Puts an entry in front of all others. */
  unshift(entry: Entry): void {
    this.#front.unshift(entry);
  }

  /** Takes the first entry; undefined when there is none in front of all pages. */
  shift(): Entry | undefined {
    return this.#front.shift();
  }

  /** A page has come. */
  addPage(page: ArrivedPage): void {
    this.#pages.push({ page, behind: new Line() });
  }

  /** The first page has entered as a whole, or nothing of it is needed: what stands behind it comes next. */
  endPage(): void {
    const ended = this.#pages.shift();
    ended?.page.messages.release?.();
    for (let entry = ended?.behind.shift(); entry !== undefined; entry = ended?.behind.shift())
      this.#front.push(entry);
  }

  /** Everything is gone but the pages. */
  clear(): void {
    this.#front.clear();
    for (const { behind } of this.#pages) behind.clear();
  }
}
