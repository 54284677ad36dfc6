import type postgres from 'postgres';
import { bookedAt, type BookedClick } from './booked-at.ts';
import type { Click } from './click.ts';
import { decideAll, type Decided } from './decide.ts';
import type { BudgetDay } from './known.ts';
import type { Alert, Overdue, Statement, View } from './entry.ts';
import { dayOf } from './memory.ts';
import { openBatch, type Ground, type Place } from './read-known.ts';
import { readDays } from './standing.ts';
import { tidingsOf, writeTidings } from './tidings.ts';
import { writeAlerts, writeStatements } from './write-reports.ts';
import { writeDecided } from './write-decided.ts';
import { awaitViews, settlePending, takeViews, type Waiting } from './write-pending.ts';

/** What one batch of messages says. */
export interface Entries {
  readonly clicks?: readonly Click[];
  readonly views?: readonly View[];
  readonly overdue?: readonly Overdue[];
  readonly alerts?: readonly Alert[];
  readonly statements?: readonly Statement[];
}

/** What one batch did. */
export interface Recorded {
  /** Clicks that were not in the table before. */
  readonly inserted: number;
  readonly billed: number;
  /** Whether messages wait in the outbox because of it. */
  readonly told: boolean;
}

/**
 * Records a batch in one transaction: every click gets its bucket, and everything that follows from it. What is
 * recorded already changes nothing, so the same batch may come twice, also at the same time. `place` is given when
 * the past is done again; else the batch takes its own.
 */
export async function recordEntries(sql: postgres.Sql, entries: Entries, place?: Place): Promise<Recorded> {
  const { views = [], overdue = [], alerts = [], statements = [] } = entries;
  const clicks = [...new Map((entries.clicks ?? []).map((click) => [click.clickId, click])).values()];
  return sql.begin(async (transaction) => {
    await writeAlerts(transaction, alerts);
    await writeStatements(transaction, statements);
    if (clicks.length + views.length + overdue.length === 0) return { inserted: 0, billed: 0, told: false };
    const opened = await openBatch(transaction, clicks, campaignsOf(clicks, [...views, ...overdue]), place);
    const waiting = await takeViews(transaction, views, overdue, opened);
    const pending = waiting.map(({ click }) => click);
    const ground = withWaiting(opened, waiting, views, await daysOf(transaction, pending, opened));
    const fresh = clicks.filter((click) => !ground.recorded.has(click.clickId));
    if (fresh.length + pending.length === 0) return { inserted: 0, billed: 0, told: false };
    const decisions = decideAll({ fresh, pending }, ground);
    const settled = await settlePending(transaction, booked(decisions.pending, ground), ground);
    const charged = await writeDecided(transaction, booked(decisions.fresh, ground), ground);
    const waits = await awaitViews(transaction, booked(decisions.fresh, ground), ground);
    const tidings = place === undefined ? tidingsOf(ground, decisions) : [];
    if (tidings.length > 0) await writeTidings(transaction, tidings, ground.position);
    const billed = charged.billed + settled;
    return { inserted: charged.inserted, billed, told: waits || tidings.length > 0 };
  });
}

function campaignsOf(
  clicks: readonly Click[],
  others: readonly { readonly campaignId: number }[],
): readonly number[] {
  const ofClicks = clicks.flatMap((click) => click.served?.campaignId ?? []);
  return [...new Set([...ofClicks, ...others.map((one) => one.campaignId)])];
}

/** What was spent on days of which clicks were pending, as far as no click of this batch is of them. */
async function daysOf(
  sql: postgres.ISql,
  pending: readonly Click[],
  { days }: Ground,
): Promise<readonly BudgetDay[]> {
  const wanted = new Set(pending.map((click) => dayOf(click.clickedAtMs)));
  const missing = [...wanted].filter((day) => !days.some((known) => known.day === day));
  return missing.length === 0 ? [] : readDays(sql, campaignsOf(pending, []), missing);
}

/** With what came by this batch's views, and what belongs to clicks that were pending. */
function withWaiting(
  opened: Ground,
  waiting: readonly Waiting[],
  views: readonly View[],
  days: readonly BudgetDay[],
): Ground {
  const seen = waiting
    .filter(({ isViewed }) => isViewed)
    .map(({ click }) => click.served?.impressionId ?? '');
  const viewed = new Set([...opened.viewed, ...views.map((view) => view.impressionId), ...seen]);
  return { ...opened, days: [...opened.days, ...days], viewed };
}

function booked(decided: readonly Decided[], ground: Ground): readonly BookedClick[] {
  return decided.map((one) => ({ ...one, ...bookedAt(one.click, ground) }));
}
