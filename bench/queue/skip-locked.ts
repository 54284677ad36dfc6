import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '../../ads/database/embedded.ts';
import { DatabaseUnavailable } from '../../ads/database/unavailable.ts';
import { median, rounded, type Figure } from '../figure.ts';
import { JIFFIES_PER_S, jiffiesOf } from '../usage.ts';
import { createQueue, drive } from './drive.ts';
import { NotToBeHad } from './peers/fetch.ts';
import type { Target } from './target.ts';

const ROUNDS = 3;
const SECONDS = 3;
const CONNECTIONS = 32;
const BATCH = 10;
const BODY = 'x'.repeat(200);
const QUEUE = 'oriented';

/**
 * For orientation: a queue as many make it of PostgreSQL, in its own protocol and synced as it is by default. Full cycles in tens;
 * a lease is a time in a row. Throws {@link NotToBeHad}.
 */
export async function skipLocked(
  millrace: Target,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-skip-locked-'));
  const server = await startEmbedded(folder).catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable) throw new NotToBeHad(error.message);
    throw error;
  });
  const sql = postgres(server.ownerUrl, { max: CONNECTIONS, onnotice: () => undefined });
  try {
    await sql`CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, visible_at timestamptz DEFAULT now())`;
    await sql`CREATE INDEX ON job (visible_at)`;
    await createQueue(millrace, QUEUE);
    const rows: { rate: number; cpuMs: number; ours: number }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      progress(`queue: PostgreSQL SKIP LOCKED: round ${round} of ${ROUNDS}`);
      const before = jiffiesOf(server.pid);
      const rate = await cycles(sql);
      const cpuMs = ((jiffiesOf(server.pid) - before) * 1000) / JIFFIES_PER_S / ((rate * SECONDS) / 1000);
      const { rate: ours } = await drive(millrace, {
        ...{ work: 'tens', connections: CONNECTIONS, seconds: SECONDS, queue: QUEUE },
      });
      if (round > 0) rows.push({ rate, cpuMs, ours }); // The first is a warm-up.
    }
    return [
      {
        ...{ name: 'orientation: PostgreSQL SKIP LOCKED in tens', unit: '/s' },
        ...{
          value: Math.round(median(rows.map((row) => row.rate))),
          floor: Math.round(median(rows.map((row) => row.ours))),
        },
        ratio: rounded(median(rows.map((row) => row.rate / row.ours))),
        ...{ target: 'told, floor: Millrace', kept: true },
      },
      {
        ...{ name: 'orientation: PostgreSQL: CPU for 1,000', unit: 'ms', target: 'told', kept: true },
        value: rounded(median(rows.map((row) => row.cpuMs))),
      },
    ];
  } finally {
    await sql.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Full cycles on all connections; messages a second. */
async function cycles(sql: postgres.Sql): Promise<number> {
  const endMs = performance.now() + SECONDS * 1000;
  const bodies = Array.from({ length: BATCH }, () => BODY);
  let messages = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await sql`INSERT INTO job (body) SELECT unnest(${bodies}::text[])`;
      const taken = await sql<{ id: string; body: string }[]>`
        UPDATE job SET visible_at = now() + interval '30 s' WHERE id IN (
          SELECT id FROM job WHERE visible_at <= now() ORDER BY visible_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
        RETURNING id, body`;
      await sql`DELETE FROM job WHERE id = ANY(${taken.map(({ id }) => id)}::bigint[])`;
      messages += taken.length;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return messages / SECONDS;
}
