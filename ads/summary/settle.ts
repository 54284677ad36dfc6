import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { countMessages, type ClickQueue } from '../deploy/queues.ts';
import { readJournals } from '../server/run-account.ts';
import { journalDirectory } from '../server/start.ts';
import type { Clients } from '../deploy/clients.ts';
import type { Ledger } from '../database/ledger.ts';
import { reconcile, type Reconciliation } from './reconcile.ts';
import { recordRuns } from './runs.ts';

/** Where clicks may be before they are in the ledger. */
interface Channel {
  readonly clients: Pick<Clients, 'sqs'>;
  readonly queues: readonly ClickQueue[];
}

/** All sides of the books. */
interface Sides extends Channel {
  readonly ledger: Ledger;
  /** The ad server that runs. */
  readonly server: { readonly serverId: string };
}

/** Messages in all queues of clicks: those waiting and under way, and those set aside. */
export async function countChannel(system: Channel): Promise<{ queued: number; deadLetters: number }> {
  const sum = async (url: (queue: ClickQueue) => string): Promise<number> => {
    const counts = await Promise.all(
      system.queues.map((queue) => countMessages(system.clients.sqs, url(queue))),
    );
    return counts.reduce((total, count) => total + count, 0);
  };
  return { queued: await sum((queue) => queue.url), deadLetters: await sum((queue) => queue.deadUrl) };
}

/**
 * Brings the accounts of all ad server runs into the ledger and compares the books. Journals of runs that are over
 * are removed once the ledger has them and nothing of theirs is in a spool.
 */
export async function settleBooks(system: Sides, data: string): Promise<Reconciliation> {
  const directory = journalDirectory(data);
  const runs = readJournals(directory);
  await recordRuns(system.ledger.sql, runs);
  for (const { serverId, spooled } of runs) {
    if (serverId !== system.server.serverId && spooled.length === 0)
      rmSync(join(directory, `${serverId}.journal`), { force: true });
  }
  return reconcile(system.ledger.sql, await countChannel(system));
}
