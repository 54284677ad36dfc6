import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '../../../ads/database/embedded.ts';
import { DatabaseUnavailable } from '../../../ads/database/unavailable.ts';
import { NotToBeHad } from '../peers/fetch.ts';
import type { OtherConnection, OtherQueue } from './other-queue.ts';

/** A queue as many make it of PostgreSQL, synced as it is by default; a lease is a time in a row. Throws {@link NotToBeHad}. */
export async function startSkipLocked(): Promise<OtherQueue> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-skip-locked-'));
  const server = await startEmbedded(folder).catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable) throw new NotToBeHad(error.message);
    throw error;
  });
  const connected = (): postgres.Sql => postgres(server.ownerUrl, { max: 1, onnotice: () => undefined });
  const sql = connected();
  await sql`CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, visible_at timestamptz DEFAULT now())`;
  await sql`CREATE INDEX ON job (visible_at)`;
  await sql.end();
  return {
    ...{ name: 'PostgreSQL SKIP LOCKED', pid: server.pid },
    connect: () => Promise.resolve(new SkipLocked(connected())),
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

class SkipLocked implements OtherConnection {
  readonly #sql: postgres.Sql;

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  async cycle(bodies: readonly string[]): Promise<number> {
    const sql = this.#sql;
    await sql`INSERT INTO job (body) SELECT unnest(${[...bodies]}::text[])`;
    const taken = await sql<{ id: string; body: string }[]>`
      UPDATE job SET visible_at = now() + interval '30 s' WHERE id IN (
        SELECT id FROM job WHERE visible_at <= now() ORDER BY visible_at LIMIT ${bodies.length} FOR UPDATE SKIP LOCKED)
      RETURNING id, body`;
    await sql`DELETE FROM job WHERE id = ANY(${taken.map(({ id }) => id)}::bigint[])`;
    return taken.length;
  }

  end(): void {
    void this.#sql.end().catch(() => undefined); // The server goes next.
  }
}
