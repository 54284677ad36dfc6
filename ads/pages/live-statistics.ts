import type { ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { Channel } from './channel.ts';
import { readMark } from './statistics.ts';

/**
 * Tells watchers the statistics of an advertiser by server-sent events: at once, and whenever they have changed.
 * The ledger is read once per advertiser for all who watch, and not at all when nobody does.
 */
export class LiveStatistics {
  readonly #sql: postgres.Sql;
  readonly #channels = new Map<number, Channel>();

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  /** How many advertisers are being watched: so many are read. */
  get watched(): number {
    return this.#channels.size;
  }

  /** Answers `response` with events until the watcher leaves; 404 if there is no such advertiser. */
  async watch(
    advertiserId: number,
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    if ((await readMark(this.#sql, advertiserId)) === undefined) {
      response.writeHead(404, headers).end();
      return;
    }
    if (response.destroyed) return;
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    const channel = this.#channels.get(advertiserId) ?? this.#open(advertiserId);
    channel.add(response);
    response.on('close', () => {
      if (channel.remove(response) > 0) return;
      channel.close();
      if (this.#channels.get(advertiserId) === channel) this.#channels.delete(advertiserId);
    });
  }

  /** Ends all watching. */
  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  #open(advertiserId: number): Channel {
    const channel = new Channel(this.#sql, advertiserId);
    this.#channels.set(advertiserId, channel);
    return channel;
  }
}
