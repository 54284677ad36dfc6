import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type postgres from 'postgres';
import { QUEUE_NAMES } from '../messages/queue-names.ts';
import { AdServer } from './ad-server.ts';
import { CampaignListener } from './campaign-listener.ts';
import { CatalogueKeeper } from './catalogue-keeper.ts';
import { readCatalogue, type Catalogue } from './catalogue.ts';
import { readDataCentres, SHIPPED_RANGES } from './data-centres.ts';
import { FLOOD_LIMIT, type FloodLimit } from './flood-guard.ts';
import type { NumberedChannel } from './numbered-channel.ts';
import { openChannel } from './open-channel.ts';
import { journalPath, readJournals } from './run-account.ts';
import { SecretsFile } from './secrets-file.ts';
import { sendingClient, sendToQueue } from './send-batch.ts';
import { uuid7 } from './uuid7.ts';

/** What an ad server needs around it. */
export interface AdServerSurroundings {
  /** Where the broker is; undefined: as the AWS SDK finds it. */
  readonly endpoint: string | undefined;
  readonly sql: postgres.Sql;
  /** Of the queue that clicks go to. */
  readonly queueUrl: string;
  /** Of the queue that views go to; without it they are only counted. */
  readonly viewsQueueUrl?: string | undefined;
  /** The data directory of the ads. */
  readonly data: string;
  /** Tells apart ad servers that share a data directory; one process for each name. */
  readonly name?: string | undefined;
  readonly port?: number;
  readonly host?: string;
  readonly publicUrl?: string | undefined;
  readonly dataCentres?: string | undefined;
  readonly flood?: FloodLimit | undefined;
  readonly proxies?: ReadonlySet<string>;
  readonly spoolLimitBytes?: number;
}

/** An ad server that answers. */
export interface RunningAdServer {
  readonly server: AdServer;
  readonly origin: string;
  readonly serverId: string;
  stop(): Promise<void>;
}

/** About a million and a half clicks. */
const SPOOL_LIMIT_BYTES = 2 ** 30;
/** Of a broker so slow that clicks do not wait for it, the spool must still come to its end. */
const SPOOL_PATIENCE_MS = 5000;
/** Longer than a receive waits for a message. */
const LISTEN_PATIENCE_MS = 30_000;

/** Where the journals of the ad servers are, below the data directory. */
export function journalDirectory(data: string): string {
  return join(data, 'ad-server', 'journals');
}

/** Starts an ad server. Each start is a run of its own, whose numbers begin at 1; what an earlier run spooled is delivered. */
export async function startAdServer(options: AdServerSurroundings): Promise<RunningAdServer> {
  const home = join(options.data, 'ad-server');
  mkdirSync(home, { recursive: true });
  const serverId = `${options.name ?? 'ad'}-${uuid7(Date.now())}`;
  const { endpoint } = options;
  const direct = sendingClient(endpoint);
  const patient = sendingClient(endpoint, SPOOL_PATIENCE_MS);
  const listening = sendingClient(endpoint, LISTEN_PATIENCE_MS);
  const { clicks, views } = channels(options, { direct, patient }, serverId);
  const { publicUrl, proxies } = options;
  const server = new AdServer({
    ...{ clicks, ...(views === undefined ? {} : { views }), publicUrl, ...(proxies ? { proxies } : {}) },
    secrets: new SecretsFile(join(home, 'secrets.json'), Date.now()),
    dataCentres: readDataCentres(options.dataCentres ?? SHIPPED_RANGES),
    now: () => Date.now(),
    chance: () => Math.random(),
    flood: 'flood' in options ? options.flood : FLOOD_LIMIT,
  });
  const stopKnowing = await keepKnowing(options, server, listening);
  const origin = await server.listen(options.port ?? 0, options.host);
  const stop = async (): Promise<void> => {
    await stopKnowing();
    await server.close();
    await Promise.all([clicks.close(), views?.close()]);
    for (const client of [direct, patient, listening]) client.destroy();
  };
  return { server, origin, serverId, stop };
}

function channels(
  options: AdServerSurroundings,
  { direct, patient }: Readonly<Record<'direct' | 'patient', SQSClient>>,
  serverId: string,
): { readonly clicks: NumberedChannel; readonly views: NumberedChannel | undefined } {
  const { data, name = 'ad', queueUrl, viewsQueueUrl } = options;
  const channel = (kind: string, url: string, journals: string): NumberedChannel =>
    openChannel({
      ...{ send: sendToQueue(direct, url), serverId, journals },
      sendSpooled: sendToQueue(patient, url),
      spool: join(data, 'ad-server', 'spool', name, kind),
      spoolLimitBytes: options.spoolLimitBytes ?? SPOOL_LIMIT_BYTES,
    });
  const viewJournals = join(data, 'ad-server', 'view-journals', name);
  forgetDelivered(viewJournals);
  return {
    clicks: channel('clicks', queueUrl, journalDirectory(data)),
    views: viewsQueueUrl === undefined ? undefined : channel('views', viewsQueueUrl, viewJournals),
  };
}

/** Nobody settles the books of views: a run that is over is needed only while something of it is in the spool. */
function forgetDelivered(journals: string): void {
  for (const { serverId, spooled } of readJournals(journals))
    if (spooled.length === 0) rmSync(journalPath(journals, serverId), { force: true });
}

/** The server knows what there is to show from now on; answers how that ends. */
async function keepKnowing(
  { sql, data, name }: AdServerSurroundings,
  server: AdServer,
  sqs: SQSClient,
): Promise<() => Promise<void>> {
  const queueName = changesQueue(name);
  let [hasQueue, isSubscribed] = [false, false];
  const read = async (): Promise<Catalogue> => {
    if (hasQueue && !isSubscribed) await subscribe(sql, queueName);
    isSubscribed = hasQueue;
    return readCatalogue(sql);
  };
  const keeper = new CatalogueKeeper({
    read,
    use: (catalogue) => server.use(catalogue),
    states: server.states,
    copyPath: join(data, 'ad-server', 'catalogue.json'),
  });
  await keeper.start();
  const listener = new CampaignListener({
    sqs,
    queueName,
    ready: () => {
      if (hasQueue) return;
      hasQueue = true;
      void keeper.refresh();
    },
    hear: (changes) => {
      for (const change of changes) server.hear(change);
      void keeper.refresh();
    },
  });
  return async () => {
    await listener.stop();
    await keeper.stop();
  };
}

/** From now on the click processor tells this queue too. */
async function subscribe(sql: postgres.Sql, queue: string): Promise<void> {
  await sql`INSERT INTO campaign_subscriber (queue) VALUES (${queue}) ON CONFLICT DO NOTHING`;
}

/** The queue by which an ad server of this name hears of campaigns. */
function changesQueue(name: string | undefined): string {
  return name === undefined ? QUEUE_NAMES.campaignChanges : `${QUEUE_NAMES.campaignChanges}-${name}`;
}
