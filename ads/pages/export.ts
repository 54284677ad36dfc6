import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { HEADERS } from './answer.ts';
import { csvLine } from './csv.ts';
import { readReceipts, type Receipt } from './receipts.ts';

type Cell = string | number | boolean | null;

const COLUMNS: readonly (readonly [name: string, cell: (receipt: Receipt) => Cell])[] = [
  ['click_id', (one) => one.clickId],
  ['impression_id', (one) => one.impressionId],
  ['served_at', (one) => time(one.servedAtMs)],
  ['clicked_at', (one) => time(one.clickedAtMs)],
  ['recorded_at', (one) => time(one.recordedAtMs)],
  ['campaign_id', (one) => one.campaignId],
  ['campaign', (one) => one.campaign],
  ['ad_id', (one) => one.adId],
  ['publisher_id', (one) => one.publisherId],
  ['publisher', (one) => one.publisher],
  ['verdict', (one) => one.verdict],
  ['reason', (one) => one.reason],
  ['rules_version', (one) => one.rulesVersion],
  ['charged', (one) => money(one.chargedMicros)],
  ['ledger_entry', (one) => one.transferId],
  ['credited', (one) => money(one.creditedMicros)],
  ['credit_entry', (one) => one.creditTransferId],
  ['credit_reason', (one) => one.creditReason],
  ['adjustment', (one) => one.adjustment],
  ['network', (one) => one.network],
  ['agent', (one) => one.agent],
  ['referrer', (one) => one.referrerHost],
];

/** Of which clicks. */
export interface ExportRange {
  readonly advertiserId: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

const AT_ONCE = 2000;

/**
 * Answers with all receipts as CSV, as fast as they are taken. Every click recorded before the time in the file's
 * name is in it. What goes wrong on the way breaks the connection off: a file that ends early must not look whole.
 */
export async function sendCsv(
  sql: postgres.Sql,
  response: ServerResponse,
  range: ExportRange,
): Promise<void> {
  const [clock] = await sql<{ now: Date }[]>`SELECT now() AS now`;
  const stamp = (clock?.now ?? new Date(0)).toISOString().replaceAll(/[:.]/g, '-');
  const name = `clicks-of-advertiser-${range.advertiserId}-complete-to-${stamp}.csv`;
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${name}"`,
  });
  response.write(csvLine(COLUMNS.map(([column]) => column)));
  const left = new Promise<void>((resolve) => response.once('close', () => resolve()));
  for (let after: string | undefined; !response.destroyed;) {
    const some = await readReceipts(sql, { ...range, limit: AT_ONCE, after, newestFirst: false });
    const lines = some.map((receipt) => csvLine(COLUMNS.map(([, cell]) => cell(receipt)))).join('');
    if (!response.write(lines)) await Promise.race([once(response, 'drain'), left]);
    after = some.at(-1)?.clickId;
    if (some.length < AT_ONCE) break;
  }
  response.end();
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}

function money(micros: number): string {
  return (micros / 1e6).toFixed(6);
}
