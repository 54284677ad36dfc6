import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type postgres from 'postgres';
import type { Ledger } from '../../ads/database/ledger.ts';
import { signedIn } from '../../ads/pages/fixtures/signed-in.ts';
import { PageServer } from '../../ads/pages/page-server.ts';
import type { AdvertiserStatistics } from '../../ads/pages/statistics.ts';
import { visibleAfterMs, type Shown } from './visible.ts';

/** Watches the pages of advertisers by server-sent events as their browsers do, each signed in as itself. */
export class PageWatcher implements AsyncDisposable {
  readonly #sql: postgres.Sql;
  readonly #pages: PageServer;
  /** By advertiser: what its page said, in its order. */
  readonly #shown = new Map<number, Shown[]>();
  readonly #connections: IncomingMessage[] = [];

  private constructor(sql: postgres.Sql) {
    this.#sql = sql;
    this.#pages = new PageServer({ sql });
  }

  /** Resolves when every page has said how it stands. */
  static async watch({ sql }: Ledger, advertisers: readonly number[]): Promise<PageWatcher> {
    const watcher = new PageWatcher(sql);
    const address = await watcher.#pages.listen();
    for (const id of advertisers) await watcher.#open(address, id);
    return watcher;
  }

  /** From each click since `sinceMs` to the page that showed it. Waits until the pages show all of them. */
  async latenciesMs(sinceMs: number, mostS: number): Promise<readonly number[]> {
    const all: number[] = [];
    for (const [id, shown] of this.#shown) {
      const clicks = await this.#clicksOf(id);
      const deadline = performance.now() + mostS * 1000;
      while ((shown.at(-1)?.clicks ?? 0) < clicks.length) {
        if (performance.now() > deadline)
          throw new Error(`The page of advertiser ${id} does not show all clicks.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      all.push(...visibleAfterMs(clicks, shown, sinceMs));
    }
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await this.#pages.close();
  }

  async #open(address: string, id: number): Promise<void> {
    const headers = await signedIn(this.#sql, `bench${id}@ads.example`, id);
    const [response] = (await once(get(`${address}/advertiser/${id}/live`, { headers }), 'response')) as [
      IncomingMessage,
    ];
    if (response.statusCode !== 200) throw new Error(`The page was answered ${response.statusCode}.`);
    this.#connections.push(response);
    response.on('error', () => undefined);
    const shown: Shown[] = [];
    this.#shown.set(id, shown);
    const lines = createInterface({ input: response });
    const first = once(lines, 'shown');
    lines.on('line', (line) => {
      if (!line.startsWith('data: {')) return;
      const { campaigns } = JSON.parse(line.slice('data: '.length)) as AdvertiserStatistics;
      const clicks = campaigns.reduce((sum, one) => sum + one.billed + one.free + one.invalid, 0);
      shown.push({ atMs: Date.now(), clicks });
      lines.emit('shown');
    });
    await first;
  }

  /** In the order in which they were committed: clicks of one campaign hold its budget until then. */
  async #clicksOf(advertiserId: number): Promise<readonly number[]> {
    const rows = await this.#sql<{ at: string }[]>`
      SELECT (extract(epoch FROM clicked_at) * 1000)::bigint AS at FROM click
      WHERE advertiser_id = ${advertiserId} ORDER BY recorded_at, click_id`;
    return rows.map((row) => Number(row.at));
  }
}
