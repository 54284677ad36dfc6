import type postgres from 'postgres';
import { bookedAt } from './booked-at.ts';
import type { Click } from './click.ts';
import { decideAll, type Decided } from './decide.ts';
import type { Alert, Overdue, Statement, View } from './entry.ts';
import { dayOf } from './memory.ts';
import {
  countedBefore,
  lockGround,
  notYetRecorded,
  readDays,
  readViewed,
  type Concern,
  type Ground,
  type Place,
} from './read-known.ts';
import { tidingsOf, writeTidings } from './tidings.ts';
import { writeAlerts, writeStatements } from './write-reports.ts';
import { writeDecided, type BookedClick } from './write-decided.ts';
import { awaitViews, readPending, settlePending, writeViews } from './write-pending.ts';

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
    const concern = concernOf(clicks, [...views, ...overdue]);
    const locked = await lockGround(transaction, concern, place);
    await writeViews(transaction, views, locked);
    const pending = await readPending(transaction, views, overdue);
    const ground = await withDaysOf(transaction, pending, locked);
    const [fresh, counted, viewed] = await Promise.all([
      notYetRecorded(transaction, clicks),
      countedBefore(transaction, clicks, ground.rules),
      readViewed(transaction, [...clicks, ...pending], ground.rules),
    ]);
    if (fresh.length + pending.length === 0) return { inserted: 0, billed: 0, told: false };
    const decisions = decideAll({ fresh, pending }, { ...ground, counted, viewed });
    const settled = await settlePending(transaction, booked(decisions.pending, ground), ground);
    const charged = await writeDecided(transaction, booked(decisions.fresh, ground), ground);
    const waits = await awaitViews(transaction, booked(decisions.fresh, ground), ground);
    const tidings = place === undefined ? tidingsOf(ground, decisions) : [];
    if (tidings.length > 0) await writeTidings(transaction, tidings, ground.position);
    const billed = charged.billed + settled;
    return { inserted: charged.inserted, billed, told: waits || tidings.length > 0 };
  });
}

function concernOf(
  clicks: readonly Click[],
  others: readonly { readonly campaignId: number; readonly viewedAtMs?: number }[],
): Concern {
  const campaigns = [
    ...clicks.flatMap((click) => click.served?.campaignId ?? []),
    ...others.map((one) => one.campaignId),
  ];
  return {
    campaigns: [...new Set(campaigns)],
    days: [...new Set(clicks.map((click) => dayOf(click.clickedAtMs)))],
  };
}

/** Clicks that were pending may be of other days than those that come with this batch. */
async function withDaysOf(sql: postgres.ISql, pending: readonly Click[], ground: Ground): Promise<Ground> {
  if (pending.length === 0) return ground;
  const { campaigns, days } = concernOf(pending, []);
  const missing = days.filter((day) => !ground.days.some((known) => known.day === day));
  return { ...ground, days: [...ground.days, ...(await readDays(sql, campaigns, missing))] };
}

function booked(decided: readonly Decided[], ground: Ground): readonly BookedClick[] {
  return decided.map((one) => ({ ...one, ...bookedAt(one.click, ground) }));
}
