import type postgres from 'postgres';
import type { Click } from './click.ts';
import type { Budget, BudgetDay, CountedClick } from './known.ts';
import { idsOfClicksOn } from './id-time.ts';
import { dayOf } from './memory.ts';
import { parseRules, type Rules } from './rules.ts';
import type { Told } from './standing.ts';

/** Where a batch stands among all changes of the ledger, and what holds there. */
export interface Place {
  readonly position: number;
  readonly nowMs: number;
  /** The last closed day, such as 2026-01-31. */
  readonly closedThrough: string | undefined;
  readonly rules: Rules;
}

/** What a batch finds when it holds its locks. */
export interface Ground extends Place {
  readonly budgets: readonly (Budget & Told)[];
  readonly days: readonly BudgetDay[];
  /** Clicks of the batch that are in the ledger already. */
  readonly recorded: ReadonlySet<string>;
  /**
   * Counted clicks that share an impression with a click of the batch, or an address within the longest window of the
   * rules around the whole batch.
   */
  readonly counted: readonly CountedClick[];
  /** Impressions of the batch's clicks that were seen; not asked for when the rules ask for no view. */
  readonly viewed: ReadonlySet<string>;
  /** Whether each click that counts is to be found by the time in its id. */
  readonly idsTellTime: boolean;
}

type Standing = Omit<Budget & Told, 'endsAtMs' | 'dayLimitMicros'> & {
  readonly endsAtMs: number | null;
  readonly dayLimitMicros: number | null;
};

interface Opened {
  readonly at_position: string;
  readonly now_ms: string;
  readonly closed: string | null;
  readonly rules_version: number | null;
  readonly rules: unknown;
  readonly budgets: readonly Standing[] | null;
  readonly spent: readonly BudgetDay[] | null;
  readonly recorded: readonly string[] | null;
  readonly counted: readonly CountedClick[] | null;
  readonly viewed: readonly string[] | null;
  readonly ids_tell_time: boolean;
}

/**
 * Locks the budgets of the campaigns, in the order of their ids, and reads what the batch must know; all in one
 * question (`open_batch` of the schema). With a `place` the past is done again.
 */
export async function openBatch(
  sql: postgres.ISql,
  clicks: readonly Click[],
  campaigns: readonly number[],
  place: Place | undefined,
): Promise<Ground> {
  const served = clicks.filter((click) => click.served !== undefined);
  const times = served.map((click) => click.clickedAtMs);
  const days = new Set(clicks.map((click) => dayOf(click.clickedAtMs)));
  const hashes = new Set(served.map((click) => click.addressHash));
  const impressions = [...new Set(served.map((click) => click.served?.impressionId ?? ''))].toSorted();
  const same = idsOfClicksOn(impressions);
  const [opened] = await sql<Opened[]>`
    SELECT * FROM open_batch(${place?.position ?? null}, ${place?.rules.version ?? null},
      ${campaigns as number[]}::integer[], ${[...days]}::date[],
      ${clicks.map((click) => click.clickId).toSorted()}::uuid[], ${impressions}::uuid[],
      ${same.from}::uuid, ${same.to}::uuid, ${[...hashes]}::text[],
      ${times.length === 0 ? 0 : Math.min(...times)}, ${Math.max(0, ...times)})`;
  if (opened === undefined || opened.rules_version === null)
    throw new Error('The ledger has no rules that are in force.');
  return {
    ...(place ?? placeOf(opened, opened.rules_version)),
    budgets: (opened.budgets ?? []).map(standingOf),
    days: opened.spent ?? [],
    recorded: new Set(opened.recorded),
    counted: opened.counted ?? [],
    viewed: new Set(opened.viewed),
    idsTellTime: opened.ids_tell_time,
  };
}

function placeOf({ at_position, now_ms, closed, rules }: Opened, version: number): Place {
  return {
    position: Number(at_position),
    nowMs: Number(now_ms),
    closedThrough: closed ?? undefined,
    rules: parseRules(version, rules),
  };
}

/** A campaign that does not end, or has no limit of a day, has null there. */
function standingOf({ endsAtMs, dayLimitMicros, ...others }: Standing): Budget & Told {
  return {
    ...others,
    ...(endsAtMs === null ? {} : { endsAtMs }),
    ...(dayLimitMicros === null ? {} : { dayLimitMicros }),
  };
}
