import type postgres from 'postgres';
import { chargeClicks } from './charge.ts';
import { decodeClick } from './click-message.ts';
import type { Click } from './click.ts';
import { isBadData, retrying } from './retry.ts';

/** A message as a queue hands it over; only what this program reads. */
export interface QueuedClick {
  readonly messageId: string;
  readonly body: string;
}

/**
 * Charges a batch of messages and answers the ids of those that could not be handled: bodies that are no
 * clicks, and clicks that the database refuses. Everything else is recorded when this resolves. Rejects when the
 * database cannot be reached: then nothing is recorded, or everything (and the redelivery changes nothing).
 */
export async function chargeBatch(
  sql: postgres.Sql,
  messages: readonly QueuedClick[],
): Promise<readonly string[]> {
  const failedIds: string[] = [];
  const readable: Readable[] = [];
  for (const { messageId, body } of messages) {
    const click = decodeClick(body);
    if (click === undefined) failedIds.push(messageId);
    else readable.push({ messageId, click });
  }
  return [...failedIds, ...(await chargeReadable(sql, readable))];
}

interface Readable {
  readonly messageId: string;
  readonly click: Click;
}

async function chargeReadable(sql: postgres.Sql, readable: readonly Readable[]): Promise<readonly string[]> {
  try {
    await retrying(() =>
      chargeClicks(
        sql,
        readable.map((one) => one.click),
      ),
    );
    return [];
  } catch (error) {
    if (!isBadData(error)) throw error;
    return chargeOneByOne(sql, readable, error);
  }
}

/** One click that the database refuses must not hold up its neighbours. */
async function chargeOneByOne(
  sql: postgres.Sql,
  readable: readonly Readable[],
  cause: Error,
): Promise<readonly string[]> {
  if (readable.length === 1) {
    console.error(`Click ${readable[0]?.click.clickId} cannot be recorded: ${cause.message}`);
    return readable.map((one) => one.messageId);
  }
  const failedIds: string[] = [];
  for (const one of readable) failedIds.push(...(await chargeReadable(sql, [one])));
  return failedIds;
}
