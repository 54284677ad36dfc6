import type postgres from 'postgres';
import { chargeClicks } from '../../../ads/click-processor/charge.ts';
import type { Click } from '../../../ads/click-processor/click.ts';
import { retrying } from '../../../ads/click-processor/retry.ts';
import { Directory } from './directory.ts';
import { decodeChunk, windowOf, type Chunk, type YsbEvent } from './event.ts';
import type { YsbAd } from './population.ts';

/** The two variants: `count` counts views, `money` charges clicks. */
export type Variant = 'count' | 'money';

/** A message as a queue hands it over. */
interface Queued {
  readonly body: string;
}

/** Parses, filters, joins and writes: the same code in the function and in the long-lived consumer. */
export class Pipeline {
  readonly #sql: postgres.Sql;
  readonly #variant: Variant;
  readonly #directory: Directory;

  constructor(sql: postgres.Sql, variant: Variant) {
    this.#sql = sql;
    this.#variant = variant;
    this.#directory = new Directory(sql);
  }

  /** Everything is written when this resolves; it names no message that failed, because all fail together. */
  async process(messages: readonly Queued[]): Promise<readonly string[]> {
    const chunks = distinct(messages.map(({ body }) => decodeChunk(body)));
    const kept = this.#variant === 'count' ? 'view' : 'click';
    const events = chunks.flatMap((chunk) => eventsIn(chunk, kept));
    const ads = await this.#directory.adsOf(new Set(events.map(({ event }) => event.ad_id)));
    const joined = events.flatMap((one) => {
      const ad = ads.get(one.event.ad_id);
      return ad === undefined ? [] : [{ ...one, ad }];
    });
    if (this.#variant === 'money') await retrying(() => chargeClicks(this.#sql, joined.map(clickOf)));
    else await retrying(() => count(this.#sql, joined));
    return [];
  }
}

/** Both copies of a message that was sent twice may come in one batch. */
function distinct(chunks: readonly Chunk[]): readonly Chunk[] {
  return [...new Map(chunks.map((chunk) => [nameOf(chunk), chunk])).values()];
}

function nameOf({ run, number }: Chunk): string {
  return `${run} ${number}`;
}

interface Placed {
  readonly chunk: Chunk;
  /** Within the run. */
  readonly number: number;
  readonly event: YsbEvent;
}

type Joined = Placed & { readonly ad: YsbAd };

function eventsIn(chunk: Chunk, kept: string): readonly Placed[] {
  return chunk.events
    .map((event, index) => ({ chunk, number: chunk.first + index, event }))
    .filter(({ event }) => event.event_type === kept);
}

/** Adds to the windows what comes in chunks that were not counted before, in one statement. */
async function count(sql: postgres.Sql, joined: readonly Joined[]): Promise<void> {
  const parts = new Map<string, { chunk: string; campaign: number; window: number; events: number }>();
  for (const { chunk, event, ad } of joined) {
    const name = nameOf(chunk);
    const window = windowOf(Number(event.event_time));
    const key = `${name} ${ad.campaignId} ${window}`;
    const part = parts.get(key) ?? { chunk: name, campaign: ad.campaignId, window, events: 0 };
    part.events += 1;
    parts.set(key, part);
  }
  const all = [...parts.values()];
  await sql`
    WITH part AS (
      SELECT * FROM unnest(${all.map((one) => one.chunk)}::text[], ${all.map((one) => one.campaign)}::integer[],
        ${all.map((one) => one.window)}::bigint[], ${all.map((one) => one.events)}::integer[])
        AS part (chunk, campaign_id, window_ms, events)
    ), fresh AS (
      INSERT INTO ysb_chunk (chunk) SELECT DISTINCT chunk FROM part ORDER BY chunk
      ON CONFLICT DO NOTHING RETURNING chunk
    )
    INSERT INTO ysb_window (campaign_id, window_ms, events)
    SELECT campaign_id, window_ms, sum(events) FROM part JOIN fresh USING (chunk) GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (campaign_id, window_ms) DO UPDATE
    SET events = ysb_window.events + excluded.events, updated_at = clock_timestamp()`;
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A click to be charged: with an impression and a viewer of its own, because the benchmark knows neither. */
function clickOf({ chunk: { run }, number, event, ad }: Joined): Click {
  const atMs = Number(event.event_time);
  return {
    ...{ clickId: idAt(atMs, 0, number), clickedAtMs: atMs, token: 'ok', method: 'GET', prefetch: false },
    served: {
      ...{ impressionId: idAt(atMs, 1, number), adId: ad.number, campaignId: ad.campaignId },
      ...{ advertiserId: 1, publisherId: 1, priceMicros: ad.priceMicros, servedAtMs: atMs },
    },
    ...{ network: '1.2.3.0/24', addressHash: `${run} ${number}`, addressClass: 'other', agent: AGENT },
    ...{ referrerHost: 'publisher.example', serverId: run, seq: number + 1 },
  };
}

/** A UUID v7 of that time: the same for the same event of a run. */
function idAt(atMs: number, kind: number, number: number): string {
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-700${kind}-8000-${number.toString(16).padStart(12, '0')}`;
}
