import type { SendToQueue } from './click-processor/queue-sender.ts';
import { publishOutbox } from './click-processor/outbox.ts';
import { recordEntries } from './click-processor/record.ts';
import { keepPartitions } from './database/migrate.ts';
import type { Ledger } from './database/ledger.ts';
import { closeDay } from './ledger/closing.ts';

/** What must be done from time to time, whether clicks come or not. */
export interface HousekeepingOptions {
  readonly ledger: Ledger;
  readonly send: SendToQueue;
  /** A day was closed: its final statements can be written. */
  readonly closed: (day: string) => Promise<void>;
}

const EVERY_MS = 30_000;
/** Yesterday is closed when late clicks have had this long to come. */
const GRACE_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Longer than any click waits for its view. */
const LONGEST_WAIT = '1 hour';

/** Does it now and every half minute; answers how to stop it. What fails is tried again the next time. */
export function startHousekeeping(options: HousekeepingOptions): () => Promise<void> {
  let round = keepHouse(options);
  const timer = setInterval(() => {
    round = round.then(() => keepHouse(options));
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await round;
  };
}

async function keepHouse(options: HousekeepingOptions): Promise<void> {
  const { ledger, send } = options;
  const works = [
    () => keepPartitions(ledger.owner),
    () => publishOutbox(ledger.sql, send),
    () => giveUpWaiting(ledger),
    () => closeYesterday(options, Date.now()),
  ];
  for (const work of works) await work().catch(() => undefined);
}

/** Clicks whose reminder was lost with its queue. */
async function giveUpWaiting({ sql }: Ledger): Promise<void> {
  const overdue = await sql<{ clickId: string; campaignId: number }[]>`
    SELECT click_id AS "clickId", campaign_id AS "campaignId" FROM click
    WHERE verdict = 'pending' AND recorded_at < now() - ${LONGEST_WAIT}::text::interval LIMIT 1000`;
  if (overdue.length > 0) await recordEntries(sql, { overdue });
}

async function closeYesterday({ ledger, closed }: HousekeepingOptions, nowMs: number): Promise<void> {
  const day = new Date(nowMs - GRACE_MS - DAY_MS).toISOString().slice(0, 10);
  if ((await closeDay(ledger.sql, day)) === 'closed') await closed(day);
}
