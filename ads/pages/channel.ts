import type { ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { RecentMinutes } from './recent-minutes.ts';
import { readMark, readStatistics } from './statistics.ts';

const EVERY_MS = 500;
/** How often watchers hear that they are up to date, when there is nothing else to say. */
const QUIET_MS = 5000;
/** A watcher that does not take what it is sent is let go; it comes back when it can. */
const MOST_UNTAKEN_BYTES = 1 << 20;

/**
 * One advertiser's statistics for all who watch them. The events are: the statistics (unnamed), `complete` (the
 * last ones still hold, at this time) and `stale` (the ledger cannot be read).
 */
export class Channel {
  readonly #sql: postgres.Sql;
  readonly #advertiserId: number;
  readonly #watchers = new Set<ServerResponse>();
  readonly #recent = new RecentMinutes();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** The statistics told last, for watchers that come later. */
  #last: string | undefined;
  /** How the ledger stood when they were read. */
  #mark = '';
  #toldAtMs = 0;

  constructor(sql: postgres.Sql, advertiserId: number) {
    this.#sql = sql;
    this.#advertiserId = advertiserId;
    void this.#round();
  }

  /** From now on `watcher` hears what is told; the last statistics at once. */
  add(watcher: ServerResponse): void {
    this.#watchers.add(watcher);
    watcher.write(this.#last ?? ': welcome\n\n');
  }

  /** Answers how many are left. */
  remove(watcher: ServerResponse): number {
    this.#watchers.delete(watcher);
    return this.#watchers.size;
  }

  /** Ends all watching; nothing is read any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.end();
  }

  /** Never rejects: a ledger that cannot be read is told as such, and tried again. */
  async #round(): Promise<void> {
    await this.#look().catch(() => this.#fail());
    if (!this.#closed) this.#timer = setTimeout(() => void this.#round(), EVERY_MS);
  }

  async #look(): Promise<void> {
    const mark = await readMark(this.#sql, this.#advertiserId);
    if (mark === undefined) return this.close();
    if (mark.text === this.#mark && !this.#recent.isDue(mark.readAtMs)) return this.#reassure(mark.readAtMs);
    const statistics = await readStatistics(this.#sql, this.#advertiserId, this.#recent);
    if (statistics === undefined) return this.close();
    this.#last = `data: ${JSON.stringify(statistics)}\n\n`;
    this.#mark = mark.text;
    this.#toldAtMs = statistics.readAtMs;
    this.#tell(this.#last);
  }

  /** Without a mark the statistics are told again as soon as they can be read. */
  #fail(): void {
    this.#mark = '';
    this.#tell('event: stale\ndata:\n\n');
  }

  #reassure(readAtMs: number): void {
    if (readAtMs - this.#toldAtMs < QUIET_MS) return;
    this.#toldAtMs = readAtMs;
    this.#tell(`event: complete\ndata: ${Math.floor(readAtMs)}\n\n`);
  }

  #tell(event: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.writableLength > MOST_UNTAKEN_BYTES) watcher.destroy();
      else watcher.write(event);
    }
  }
}
