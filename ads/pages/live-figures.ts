import type { ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { ChangeFeed } from './change-feed.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import { CountedClicks } from './counted-clicks.ts';
import { readOperatorFigures } from './operator-figures.ts';
import { nothingRemembered, readStatistics } from './statistics.ts';

/** Whose figures: those of the operators, or of the advertiser with this number. */
export type Whose = 'operators' | number;

/** Operators' figures are sums over everything. */
const OPERATORS_PAUSE_MS = 500;

/**
 * Tells watchers figures by server-sent events: at once, and whenever they have changed. They are read once for all
 * who watch the same, and the ledger is not asked for anything when nobody watches.
 */
export class LiveFigures {
  readonly #sql: postgres.Sql;
  readonly #sureEveryMs: number | undefined;
  readonly #channels = new Map<Whose, Channel>();
  #feed: ChangeFeed | undefined;

  /** `sureEveryMs`: how often it is made sure that changes are still heard. */
  constructor(sql: postgres.Sql, sureEveryMs?: number) {
    this.#sql = sql;
    this.#sureEveryMs = sureEveryMs;
  }

  /** How many kinds of figures are being watched. */
  get watched(): number {
    return this.#channels.size;
  }

  /** Answers `response` with events until the watcher leaves; 404 if there is no such advertiser. */
  async watch(
    whose: Whose,
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (!(await this.#exists(whose))) {
      response.writeHead(404, headers).end();
      return;
    }
    if (response.destroyed) return;
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    const channel = this.#channels.get(whose) ?? this.#open(whose);
    channel.add(response);
    response.on('close', () => {
      if (channel.remove(response) === 0) this.#close(whose, channel);
    });
  }

  /** Ends all watching. */
  async close(): Promise<void> {
    const feed = this.#feed;
    for (const [whose, channel] of this.#channels) this.#close(whose, channel);
    await feed?.stop();
  }

  async #exists(whose: Whose): Promise<boolean> {
    if (whose === 'operators') return true;
    return (await this.#sql`SELECT 1 FROM advertiser WHERE advertiser_id = ${whose}`).length > 0;
  }

  #open(whose: Whose): Channel {
    const channel = new Channel(optionsFor(this.#sql, whose));
    this.#channels.set(whose, channel);
    this.#feed ??= new ChangeFeed(
      this.#sql,
      {
        changed: (advertisers) => this.#changed(advertisers),
        complete: (atMs) => {
          for (const one of this.#channels.values()) one.complete(atMs);
        },
      },
      this.#sureEveryMs,
    );
    return channel;
  }

  #close(whose: Whose, channel: Channel): void {
    channel.close();
    if (this.#channels.get(whose) === channel) this.#channels.delete(whose);
    if (this.#channels.size > 0) return;
    void this.#feed?.stop();
    this.#feed = undefined;
  }

  #changed(advertisers: ReadonlySet<number> | undefined): void {
    for (const [whose, channel] of this.#channels)
      if (whose === 'operators' || advertisers?.has(whose) !== false) channel.changed();
  }
}

function optionsFor(sql: postgres.Sql, whose: Whose): ChannelOptions {
  if (whose === 'operators') {
    const counted = new CountedClicks();
    return { read: () => readOperatorFigures(sql, counted), leastPauseMs: OPERATORS_PAUSE_MS };
  }
  const remembered = nothingRemembered(whose);
  const isDue = (atMs: number): boolean => remembered.recent.isDue(atMs);
  return { read: () => readStatistics(sql, whose, remembered), isDue };
}
