import { setTimeout as sleep } from 'node:timers/promises';
import type { Companion } from '../deploy/companions.ts';
import type { System } from '../system.ts';
import { askForStatements } from './statements.ts';

const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** Asks for today's statements and tells what the functions in other languages have done, each in one line. */
export async function companionLines(system: System): Promise<readonly (readonly [string, string])[]> {
  const patience = sleep(PATIENCE_MS, undefined, { ref: false });
  const companions = await Promise.race([system.companions, patience]);
  if (companions === undefined) return [['alerts, statements', 'they are still being built']];
  return [
    ['alerts (Python)', await alertLine(system, companions.alerts)],
    ['statements (Go)', await statementLine(system, companions.statement)],
  ];
}

async function alertLine({ ledger }: System, alerts: Companion): Promise<string> {
  if (alerts.kind === 'missing') return alerts.why;
  const [row] = await ledger.sql<{ count: number }[]>`SELECT count(*)::integer AS count FROM alert`;
  return `${row?.count ?? 0} raised so far`;
}

async function statementLine(system: System, writer: Companion): Promise<string> {
  const { sql } = system.ledger;
  const [row] = await sql<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  const since = row?.now ?? new Date();
  const day = since.toISOString().slice(0, 10);
  const asked = await askForStatements(sql, system.clients, writer, day);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const [found] = await sql<{ count: number }[]>`
      SELECT count(*)::integer AS count FROM statement WHERE made_at >= ${since} AND day = ${day}`;
    const written = found?.count ?? 0;
    const isDone = written >= asked || performance.now() > deadline;
    if (isDone)
      return `${written} of ${asked} of today written${writer.kind === 'missing' ? `. ${writer.why}` : ''}`;
    await sleep(LOOK_EVERY_MS);
  }
}
