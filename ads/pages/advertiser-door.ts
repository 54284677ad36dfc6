import type postgres from 'postgres';
import { sendJson, sendPage } from './answer.ts';
import { sendCsv } from './export.ts';
import { readReceipt, readReceipts } from './receipts.ts';
import { Refused } from './request.ts';
import type { Session } from './sessions.ts';
import type { Visit } from './visit.ts';
import type { Watching } from './watching.ts';

/** What is asked about one advertiser: `/advertiser/N` and below. Its own users may, and operators. */
export class AdvertiserDoor {
  readonly #sql: postgres.Sql;
  readonly #watching: Watching;

  constructor(sql: postgres.Sql, watching: Watching) {
    this.#sql = sql;
    this.#watching = watching;
  }

  /** False when the address is none of these. What is somebody else's is refused as if it did not exist. */
  async answer(visit: Visit): Promise<boolean> {
    const [, number, what = '', clickId] =
      /^\/advertiser\/(\d{1,9})(?:\/([\w.-]+)(?:\/([\da-f-]{36}))?)?$/.exec(visit.url.pathname) ?? [];
    if (number === undefined || visit.request.method === 'POST') return false;
    const id = Number(number);
    if (!maySee(visit.session, id)) throw new Refused(404, 'There is nothing at this address.');
    if (clickId !== undefined) return what === 'clicks' && this.#receipt(visit, id, clickId);
    switch (what) {
      case '':
        sendPage(visit.response, 'statistics.html');
        return true;
      case 'live':
        await this.#watching.watch(visit, id, (session) => maySee(session, id));
        return true;
      case 'clicks':
        await this.#clicks(visit, id);
        return true;
      case 'clicks.csv':
        await sendCsv(this.#sql, visit.response, { advertiserId: id, ...daysOf(visit.url) });
        return true;
      default:
        return false;
    }
  }

  async #receipt({ response }: Visit, id: number, clickId: string): Promise<boolean> {
    const receipt = UUID.test(clickId) ? await readReceipt(this.#sql, id, clickId) : undefined;
    if (receipt === undefined) return false;
    sendJson(response, receipt);
    return true;
  }

  /** The newest clicks, or those before the click `before`. */
  async #clicks({ url, response }: Visit, advertiserId: number): Promise<void> {
    const before = url.searchParams.get('before') ?? undefined;
    if (before !== undefined && !UUID.test(before)) throw new Refused(400, 'That is no id of a click.');
    const [clock] = await this.#sql<
      { now: number }[]
    >`SELECT floor(extract(epoch FROM now()) * 1000)::float8 AS now`;
    const query = { advertiserId, ...daysOf(url), limit: PAGE, after: before, newestFirst: true };
    sendJson(response, { readAtMs: clock?.now, clicks: await readReceipts(this.#sql, query) });
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const PAGE = 50;
const DAY_MS = 86_400_000;
const EVER_MS = 8.64e15;

/** The days (UTC) `from` and `until`, both included; without them all of time. */
function daysOf({ searchParams }: URL): { fromMs: number; untilMs: number } {
  const day = (name: string, otherwiseMs: number): number => {
    const text = searchParams.get(name) ?? '';
    if (text === '') return otherwiseMs;
    const atMs = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(atMs)) throw new Refused(400, `Say the day of ${name} as in 2026-01-31.`);
    return atMs;
  };
  return { fromMs: day('from', 0), untilMs: day('until', EVER_MS - DAY_MS) + DAY_MS };
}

/** Whether somebody may see that advertiser. */
function maySee({ user }: Session, advertiserId: number): boolean {
  return user.role === 'operator' || user.advertiserId === advertiserId;
}
