import type postgres from 'postgres';
import type { SendToQueue } from './queue-sender.ts';

const MOST_AT_ONCE = 10;
/** A message that could not be sent for so long is of no use to anybody. */
const KEPT = '14 days';

/**
 * Sends what waits in the outbox, and answers how much that was. A message is removed when its queue has it: after a
 * kill in between it is sent again. Several senders at once share the work. Rejects when a queue takes nothing; its
 * messages stay, and those of other queues are sent all the same.
 */
export async function publishOutbox(sql: postgres.Sql, send: SendToQueue): Promise<number> {
  const queues = await sql.begin(async (transaction) => {
    await transaction`DELETE FROM outbox WHERE made_at < now() - ${KEPT}::text::interval`;
    return transaction<{ queue: string }[]>`SELECT DISTINCT queue FROM outbox ORDER BY queue`;
  });
  const outcomes = await Promise.allSettled(queues.map(({ queue }) => publishQueue(sql, queue, send)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}

async function publishQueue(sql: postgres.Sql, queue: string, send: SendToQueue): Promise<number> {
  for (let sent = 0; ;) {
    const count = await publishSome(sql, queue, send);
    sent += count;
    if (count < MOST_AT_ONCE) return sent;
  }
}

async function publishSome(sql: postgres.Sql, queue: string, send: SendToQueue): Promise<number> {
  return sql.begin(async (transaction) => {
    const rows = await transaction<{ body: string; delay_seconds: number }[]>`
      DELETE FROM outbox WHERE outbox_id IN (
        SELECT outbox_id FROM outbox WHERE queue = ${queue} ORDER BY outbox_id LIMIT ${MOST_AT_ONCE}
        FOR UPDATE SKIP LOCKED)
      RETURNING outbox_id, body::text AS body, delay_seconds`;
    if (rows.length > 0)
      await send(
        queue,
        rows.map((row) => ({ body: row.body, delaySeconds: row.delay_seconds })),
      );
    return rows.length;
  });
}
