import type postgres from 'postgres';
import { recordEntries } from '../click-processor/record.ts';
import type { Ledger } from '../database/ledger.ts';
import { readStoredClicks } from '../ledger/stored-click.ts';
import { isBalanced, reconcile } from '../summary/reconcile.ts';
import type { Loaded } from './load.ts';
import { judge, type Outcome, type Outcomes, type SeenImpression, type Violation } from './oracle.ts';
import type { Plan } from './plan.ts';

/** What the checks of one seed found. */
export interface Verdict {
  readonly violations: readonly Violation[];
  /** Of this seed: redirects, rows, charges, and the free clicks with what they would have cost. */
  readonly answered: number;
  readonly rows: number;
  readonly charged: number;
  readonly free: number;
  readonly freeMicros: number;
}

/** Checks everything that must hold after a seed, when nothing is under way any more. */
export async function check(
  ledger: Ledger,
  plan: Plan,
  loaded: Loaded,
  channel: { readonly queued: number; readonly deadLetters: number },
): Promise<Verdict> {
  const { sql } = ledger;
  const rows = await rowsOf(sql, plan);
  const outcomes = Map.groupBy(rows, (row) => row.name) satisfies Outcomes;
  const violations = [
    ...judge(await impressionsOf(sql, plan, loaded), plan.campaigns, outcomes),
    ...(await checkCharges(sql)),
    ...(await checkBooks(sql, channel)),
    ...(await checkAgain(sql, plan)),
  ];
  const free = rows.filter((row) => row.reason === 'unfunded');
  return {
    violations,
    answered: [...loaded.answers.values()].filter((status) => status === 302).length,
    rows: rows.length,
    charged: rows.filter((row) => row.verdict === 'billed').length,
    free: free.length,
    freeMicros: free.reduce((sum, row) => sum + row.micros, 0),
  };
}

interface Row extends Outcome {
  readonly name: string;
  readonly micros: number;
}

/** Every recorded request of the seed; forged ones are known by their referrer alone. */
async function rowsOf(sql: postgres.Sql, plan: Plan): Promise<readonly Row[]> {
  const rows = await sql<{ host: string; verdict: string; reason: string | null; micros: number | null }[]>`
    SELECT referrer_host AS host, verdict, reason, price_micros::float8 AS micros
    FROM click WHERE referrer_host LIKE ${`r${plan.seed}-%.example`}`;
  return rows.map(({ host, verdict, reason, micros }) => ({
    name: host.slice(0, -'.example'.length),
    verdict,
    reason: reason ?? undefined,
    micros: micros ?? 0,
  }));
}

async function impressionsOf(
  sql: postgres.Sql,
  plan: Plan,
  { answers, impressionIds }: Loaded,
): Promise<readonly SeenImpression[]> {
  const ids = [...impressionIds.values()];
  const rows = await sql<{ id: string }[]>`
    SELECT impression_id AS id FROM impression WHERE impression_id = ANY(${ids}::uuid[])`;
  const seen = new Set(rows.map((row) => row.id));
  return plan.impressions.map(({ campaignId, number, viewAtMs, requests }) => ({
    campaignId,
    seen: seen.has(impressionIds.get(number) ?? ''),
    viewPlanned: viewAtMs !== undefined,
    requests: requests.map(({ name, oddity }) => ({ name, oddity, status: answers.get(name) })),
  }));
}

/** One charge a showing at most, and none without a billed click. */
async function checkCharges(sql: postgres.Sql): Promise<readonly Violation[]> {
  const doubled = await sql<{ id: string }[]>`
    SELECT impression_id::text AS id FROM charge GROUP BY impression_id HAVING count(*) > 1`;
  const groundless = await sql<{ id: string }[]>`
    SELECT click_id::text AS id FROM charge
    WHERE NOT EXISTS (SELECT 1 FROM click WHERE click.click_id = charge.click_id AND verdict = 'billed')`;
  const [total] = await sql<{ sum: string; wrong: string }[]>`
    SELECT coalesce(sum(credits_micros - debits_micros), 0) AS sum,
      count(*) FILTER (WHERE account_id <> 'bank' AND debits_micros > credits_micros) AS wrong FROM account`;
  return [
    ...doubled.map(({ id }) => ({ invariant: 'I2', says: `the showing ${id} is charged more than once` })),
    ...groundless.map(({ id }) => ({ invariant: 'I4', says: `the click ${id} is charged and not billed` })),
    ...(total?.sum === '0' ? [] : [{ invariant: 'I5', says: `all accounts together hold ${total?.sum}` }]),
    ...(total?.wrong === '0' ? [] : [{ invariant: 'I5', says: `${total?.wrong} accounts are overdrawn` }]),
  ];
}

/** By the name of the difference: the invariant that it breaks. */
const INVARIANTS: Readonly<Record<string, string>> = {
  postedAndFound: 'I8',
  unaccountedNumbers: 'I8',
  buckets: 'I8',
  charges: 'I3',
  transfers: 'I5',
  credits: 'I5',
  accounts: 'I5',
  budgets: 'I6',
  shares: 'I5',
  statistics: 'I7',
};

async function checkBooks(
  sql: postgres.Sql,
  channel: { readonly queued: number; readonly deadLetters: number },
): Promise<readonly Violation[]> {
  const books = await reconcile(sql, channel);
  if (isBalanced(books)) return [];
  return Object.entries(books.differences)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => ({
      invariant: INVARIANTS[name] ?? 'I8',
      says: `${name}: ${count} differ (${(books.ids[name] ?? []).slice(0, 3).join(', ')})`,
    }));
}

/** The recorded clicks, sent again in another order, change nothing. */
async function checkAgain(sql: postgres.Sql, plan: Plan): Promise<readonly Violation[]> {
  const stored = await readStoredClicks(sql, sql`referrer_host LIKE ${`r${plan.seed}-%.example`}`);
  const before = await fingerprint(sql);
  const clicks = stored.map((one) => one.click).toReversed();
  for (let start = 0; start < clicks.length; start += 50)
    await recordEntries(sql, { clicks: clicks.slice(start, start + 50) });
  const isSame = before === (await fingerprint(sql));
  return isSame ? [] : [{ invariant: 'I9', says: 'the same clicks sent again have changed the ledger' }];
}

async function fingerprint(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ text: string }[]>`
    SELECT concat_ws(' ', (SELECT count(*) FROM click), (SELECT count(*) FROM charge),
      (SELECT sum(amount_micros) FROM transfer), (SELECT sum(spent_micros) FROM budget),
      (SELECT sum(clicks) FROM stat_hour), (SELECT count(*) FROM ledger_event)) AS text`;
  return row?.text ?? '';
}
