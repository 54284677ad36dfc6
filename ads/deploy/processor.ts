import { join } from 'node:path';
import type { Ledger } from '../database/ledger.ts';
import { QUEUE_NAMES } from '../messages/queue-names.ts';
import type { Clients } from './clients.ts';
import { ensureFunction } from './functions.ts';
import { ensureMapping } from './mapping.ts';
import { packageFunction } from './package-function.ts';
import { ensureClickQueue, type ClickQueue } from './queues.ts';

const NAME = 'click-processor';

/** What the click processor is deployed with. */
export interface ProcessorPlace {
  /** The folder of the project. */
  readonly root: string;
  readonly ledger: Pick<Ledger, 'url'>;
  /** Undefined: clicks are the consumer's. */
  readonly clicks: ClickQueue | undefined;
}

/** Deploys the click processor: one function for the clicks, the views, and what is to be written into the ledger. */
export async function deployProcessor({ sqs, lambda }: Clients, place: ProcessorPlace): Promise<void> {
  const others = [QUEUE_NAMES.views, QUEUE_NAMES.pendingClicks, QUEUE_NAMES.reports];
  const own = place.clicks === undefined ? [] : [place.clicks];
  const queues = [...own, ...(await Promise.all(others.map((name) => ensureClickQueue(sqs, name))))];
  await ensureFunction(lambda, {
    name: NAME,
    zip: packageFunction(join(place.root, 'ads', NAME)),
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    variables: { DATABASE_URL: place.ledger.url },
  });
  for (const { arn } of queues) await ensureMapping(lambda, NAME, arn);
}
