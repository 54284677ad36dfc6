import type { ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { readStatistics } from './statistics.ts';

const EVERY_MS = 500;

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

  /** Answers `response` with events until the watcher leaves; 404 if there is no such advertiser. */
  async watch(
    advertiserId: number,
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const first = await readStatistics(this.#sql, advertiserId);
    if (first === undefined) {
      response.writeHead(404, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
    response.write(`retry: 1000\n${event(first)}`);
    const channel = this.#channels.get(advertiserId) ?? this.#open(advertiserId);
    channel.watchers.add(response);
    response.on('close', () => {
      channel.watchers.delete(response);
      if (channel.watchers.size === 0) this.#shut(advertiserId, channel);
    });
  }

  /** Ends all watching. */
  close(): void {
    for (const [advertiserId, channel] of this.#channels) {
      for (const watcher of channel.watchers) watcher.end();
      this.#shut(advertiserId, channel);
    }
  }

  #open(advertiserId: number): Channel {
    const channel: Channel = { watchers: new Set(), timer: undefined, told: '' };
    const tell = async (): Promise<void> => {
      const statistics = await readStatistics(this.#sql, advertiserId).catch(() => undefined);
      const text = statistics === undefined ? '' : JSON.stringify({ ...statistics, readAtMs: 0 });
      if (statistics !== undefined && text !== channel.told) {
        channel.told = text;
        for (const watcher of channel.watchers) watcher.write(event(statistics));
      }
      if (this.#channels.get(advertiserId) === channel)
        channel.timer = setTimeout(() => void tell(), EVERY_MS);
    };
    channel.timer = setTimeout(() => void tell(), EVERY_MS);
    this.#channels.set(advertiserId, channel);
    return channel;
  }

  #shut(advertiserId: number, channel: Channel): void {
    clearTimeout(channel.timer);
    if (this.#channels.get(advertiserId) === channel) this.#channels.delete(advertiserId);
  }
}

interface Channel {
  readonly watchers: Set<ServerResponse>;
  timer: NodeJS.Timeout | undefined;
  /** What was told last, without the moment of reading. */
  told: string;
}

function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
