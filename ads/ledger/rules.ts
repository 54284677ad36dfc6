import type postgres from 'postgres';
import { holdBooks } from '../click-processor/locks.ts';
import { parseRules } from '../click-processor/rules.ts';
import { noteChange, placeOf } from './change.ts';

/** A version of the rules as it is kept. */
export interface RuleSet {
  readonly version: number;
  /** As `parseRules` reads it. */
  readonly definition: unknown;
  readonly note: string;
  /** Undefined: a draft, which decides nothing. */
  readonly activeFromMs: number | undefined;
}

/** Keeps a draft of new rules and answers its version. Throws UnknownRules when nobody could apply it. */
export async function draftRules(
  sql: postgres.Sql,
  { definition, note }: Pick<RuleSet, 'definition' | 'note'>,
): Promise<number> {
  parseRules(0, definition);
  const [row] = await sql<{ version: number }[]>`
    INSERT INTO rule_set (version, definition, note)
    SELECT coalesce(max(version), 0) + 1, ${JSON.stringify(definition)}::text::jsonb, ${note} FROM rule_set
    RETURNING version`;
  if (row === undefined) throw new Error('The draft was not kept.');
  return row.version;
}

/** From now on clicks are judged by this version. False when there is none, or it decided before. */
export async function activateRules(sql: postgres.Sql, version: number): Promise<boolean> {
  return sql.begin(async (transaction) => {
    await holdBooks(transaction);
    const changed = await transaction`
      UPDATE rule_set SET active_from = clock_timestamp() WHERE version = ${version} AND active_from IS NULL RETURNING 1`;
    if (changed.length > 0) await noteChange(await placeOf(transaction), 'rules', null, { version });
    return changed.length > 0;
  });
}

/** All versions, newest first. */
export async function readRuleSets(sql: postgres.ISql): Promise<readonly RuleSet[]> {
  const rows = await sql<{ version: number; definition: unknown; note: string; active: string | null }[]>`
    SELECT version, definition, note,
      CASE WHEN active_from = '-infinity' THEN 0 ELSE (extract(epoch FROM active_from) * 1000)::bigint END AS active
    FROM rule_set ORDER BY version DESC`;
  return rows.map(({ version, definition, note, active }) => ({
    version,
    definition,
    note,
    activeFromMs: active === null ? undefined : Number(active),
  }));
}

/** What the demo network asks for beside the rules that a new ledger has: a click counts when its ad was seen. */
const WITH_VIEWS = {
  refuse: [
    ...['prefetch', 'head', 'no-agent', 'unknown-agent', 'bot', 'data-centre', 'insider', 'family-mismatch'],
  ],
  doubleClickWindowMs: 30_000,
  viewerRates: [],
  viewWaitMs: 60_000,
};

/** Lets clicks wait for the view of their ad from now on, unless the rules in force were chosen by somebody. */
export async function askForViews(sql: postgres.Sql): Promise<void> {
  const [newest] = await readRuleSets(sql);
  if (newest === undefined || newest.version > LAST_SHIPPED) return;
  await activateRules(
    sql,
    await draftRules(sql, { definition: WITH_VIEWS, note: 'A click counts when its ad was seen' }),
  );
}

/** The versions that a new ledger has. */
const LAST_SHIPPED = 2;
