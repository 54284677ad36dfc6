import type postgres from 'postgres';
import { recordEntries } from '../click-processor/record.ts';
import { parseRules, type Rules } from '../click-processor/rules.ts';
import { writeCredits } from '../ledger/credits.ts';
import { divideEarnings, type Shares } from '../ledger/shares.ts';
import { arrivalsBetween, eventsOf, type Arrivals, type NotedEvent } from './events.ts';

/** The ledger whose past is done again, and the empty one where. */
export interface ReplayOptions {
  readonly from: postgres.Sql;
  readonly to: postgres.Sql;
  readonly progress: (position: number) => void;
}

/** Does every change of `from` again in `to`, in their order and at their time, with the program's own code. */
export async function replay(options: ReplayOptions): Promise<void> {
  const rules = await readAllRules(options.from);
  let closedThrough: string | undefined;
  for await (const events of eventsOf(options.from)) {
    const first = events[0]?.position ?? 0;
    const last = events.at(-1)?.position ?? 0;
    const arrivals = await arrivalsBetween(options.from, first, last);
    for (const event of events) {
      if (event.kind === 'close') closedThrough = String(event.body['day']);
      await again(options, event, { arrivals, rules, closedThrough });
    }
    options.progress(last);
  }
}

interface Circumstances {
  readonly arrivals: Arrivals;
  readonly rules: ReadonlyMap<number, Rules>;
  readonly closedThrough: string | undefined;
}

async function again(options: ReplayOptions, event: NotedEvent, circumstances: Circumstances): Promise<void> {
  switch (event.kind) {
    case 'batch':
      return replayBatch(options.to, event, circumstances);
    case 'money':
      return replayMoney(options, event);
    case 'campaign':
      return replaySettings(options.to, event);
    case 'credit':
      return replayCredits(options, event, circumstances);
    case 'close':
      return replayClosing(options.to, event);
    case 'rules':
  }
}

async function replayBatch(
  to: postgres.Sql,
  { position, body, recordedAtMs }: NotedEvent,
  { arrivals, rules, closedThrough }: Circumstances,
): Promise<void> {
  const version = Number(body['rules']);
  const held = rules.get(version);
  if (held === undefined)
    throw new Error(`Change ${position} names the rules ${version}, which are not there.`);
  const entries = {
    clicks: (arrivals.clicks.get(position) ?? []).map((one) => one.click),
    views: arrivals.views.get(position) ?? [],
    overdue: arrivals.overdue.get(position) ?? [],
  };
  await recordEntries(to, entries, { position, nowMs: recordedAtMs, closedThrough, rules: held });
}

/** A day that was closed before earnings were divided has noted no shares. */
async function replayClosing(to: postgres.Sql, { position, body }: NotedEvent): Promise<void> {
  const day = String(body['day']);
  await to.begin(async (sql) => {
    await sql`UPDATE books SET closed_through = ${day}::date`;
    const change = { sql, position, openDay: String(body['bookedIn']) };
    if (body['shares'] !== undefined) await divideEarnings(change, day, body['shares'] as Shares);
  });
}

/** What was paid follows from nothing else: its transfers are taken over, their effects are done again. */
async function replayMoney({ from, to }: ReplayOptions, { position, campaignId }: NotedEvent): Promise<void> {
  const rows = await from<PaymentRow[]>`
    SELECT idempotency_key, kind, debit_account, credit_account, amount_micros, period::text AS period, position
    FROM transfer WHERE position = ${position} ORDER BY transfer_id`;
  for (const row of rows) {
    await to`INSERT INTO transfer ${to({ ...row })}`;
    const { debit_account: debit, credit_account: credit, amount_micros: micros, kind } = row;
    await to`INSERT INTO account (account_id) VALUES (${debit}), (${credit}) ON CONFLICT DO NOTHING`;
    await to`UPDATE account SET credits_micros = credits_micros + ${micros} WHERE account_id = ${credit}`;
    await to`UPDATE account SET debits_micros = debits_micros + ${micros} WHERE account_id = ${debit}`;
    const sign = kind === 'fund' ? 1 : kind === 'withdraw' ? -1 : 0;
    if (campaignId !== undefined)
      await to`UPDATE budget SET limit_micros = limit_micros + ${sign} * ${micros}::bigint WHERE campaign_id = ${campaignId}`;
  }
}

interface PaymentRow {
  readonly idempotency_key: string;
  readonly kind: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount_micros: string;
  readonly period: string;
  readonly position: string;
}

async function replaySettings(to: postgres.Sql, { campaignId = 0, body }: NotedEvent): Promise<void> {
  await to`
    UPDATE campaign SET state = ${String(body['state'])}, price_micros = ${Number(body['priceMicros'])},
      day_limit_micros = ${numberOf(body['dayLimitMicros'])},
      ends_at = to_timestamp(${numberOf(body['endsAtMs'])}::float8 / 1000)
    WHERE campaign_id = ${campaignId}`;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

async function replayCredits(
  { from, to }: ReplayOptions,
  { position, campaignId = 0, body }: NotedEvent,
  { closedThrough }: Circumstances,
): Promise<void> {
  const findings = await from<{ clickId: string; reason: string; day: string }[]>`
    SELECT click_id AS "clickId", credit.reason, period::text AS day
    FROM credit JOIN transfer USING (transfer_id) WHERE credit.position = ${position}`;
  const openDay = findings[0]?.day ?? closedThrough ?? '';
  await to.begin(async (sql) => {
    await writeCredits({ sql, position, openDay }, campaignId, Number(body['fromVersion']), findings);
  });
}

async function readAllRules(sql: postgres.Sql): Promise<ReadonlyMap<number, Rules>> {
  const rows = await sql<
    { version: number; definition: unknown }[]
  >`SELECT version, definition FROM rule_set`;
  return new Map(rows.map((row) => [row.version, parseRules(row.version, row.definition)]));
}
