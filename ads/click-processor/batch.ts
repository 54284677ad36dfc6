import type postgres from 'postgres';
import { decodeEntry, type Entry } from './entry.ts';
import { recordEntries, type Entries, type Recorded } from './record.ts';
import { isBadData, retrying } from './retry.ts';

/** A message as a queue hands it over; only what this program reads. */
export interface QueuedClick {
  readonly messageId: string;
  readonly body: string;
}

/** What became of a batch of messages. */
export interface BatchOutcome {
  /** Ids of the messages that could not be handled. */
  readonly failedIds: readonly string[];
  /** Whether messages wait in the outbox because of it. */
  readonly told: boolean;
}

/** Charges a batch of messages and answers the ids of those that could not be handled; see `recordBatch`. */
export async function chargeBatch(
  sql: postgres.Sql,
  messages: readonly QueuedClick[],
): Promise<readonly string[]> {
  return (await recordBatch(sql, messages)).failedIds;
}

/**
 * Records a batch of messages. Bodies that nobody can read, and entries that the database refuses, are reported;
 * everything else is recorded when this resolves. Rejects when the database cannot be reached: then nothing is
 * recorded, or everything (and the redelivery changes nothing).
 */
export async function recordBatch(
  sql: postgres.Sql,
  messages: readonly QueuedClick[],
): Promise<BatchOutcome> {
  const failedIds: string[] = [];
  const readable: Readable[] = [];
  for (const { messageId, body } of messages) {
    const entry = decodeEntry(body);
    if (entry === undefined) failedIds.push(messageId);
    else readable.push({ messageId, entry });
  }
  const outcome = await recordReadable(sql, readable);
  return { ...outcome, failedIds: [...failedIds, ...outcome.failedIds] };
}

interface Readable {
  readonly messageId: string;
  readonly entry: Entry;
}

async function recordReadable(sql: postgres.Sql, readable: readonly Readable[]): Promise<BatchOutcome> {
  if (readable.length === 0) return { failedIds: [], told: false };
  try {
    const { told } = await recordTogether(sql, readable);
    return { failedIds: [], told };
  } catch (error) {
    if (!isBadData(error)) throw error;
    return recordOneByOne(sql, readable, error);
  }
}

function recordTogether(sql: postgres.Sql, readable: readonly Readable[]): Promise<Recorded> {
  const entries: Required<{ -readonly [K in keyof Entries]: NonNullable<Entries[K]>[number][] }> = {
    clicks: [],
    views: [],
    overdue: [],
    alerts: [],
    statements: [],
  };
  for (const { entry } of readable) {
    if (entry.kind === 'click') entries.clicks.push(entry.click);
    else if (entry.kind === 'view') entries.views.push(entry.view);
    else if (entry.kind === 'overdue') entries.overdue.push(entry.overdue);
    else if (entry.kind === 'alert') entries.alerts.push(entry.alert);
    else entries.statements.push(entry.statement);
  }
  return retrying(() => recordEntries(sql, entries));
}

/** One entry that the database refuses must not hold up its neighbours. */
async function recordOneByOne(
  sql: postgres.Sql,
  readable: readonly Readable[],
  cause: Error,
): Promise<BatchOutcome> {
  if (readable.length === 1) {
    console.error(`Message ${readable[0]?.messageId} cannot be recorded: ${cause.message}`);
    return { failedIds: readable.map((one) => one.messageId), told: false };
  }
  const outcomes: BatchOutcome[] = [];
  for (const one of readable) outcomes.push(await recordReadable(sql, [one]));
  return {
    failedIds: outcomes.flatMap((outcome) => outcome.failedIds),
    told: outcomes.some((outcome) => outcome.told),
  };
}
