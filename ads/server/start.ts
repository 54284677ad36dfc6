import { join } from 'node:path';
import type { Ledger } from '../database/ledger.ts';
import type { Clients } from '../deploy/clients.ts';
import { AdServer } from './ad-server.ts';
import { readCatalogue } from './catalogue.ts';
import { ClickChannel } from './click-channel.ts';
import { readDataCentres } from './data-centres.ts';
import { Journal } from './journal.ts';
import { SecretsFile } from './secrets-file.ts';
import { sendToQueue } from './send-batch.ts';
import { uuid7 } from './uuid7.ts';

/** What an ad server needs around it. */
export interface AdServerSurroundings {
  readonly clients: Clients;
  readonly ledger: Ledger;
  readonly queueUrl: string;
  /** The data directory of the ads. */
  readonly data: string;
  /** The folder of the project: beside it may lie the list of data centres. */
  readonly root: string;
}

/** An ad server that answers. */
export interface RunningAdServer {
  readonly server: AdServer;
  readonly origin: string;
  readonly serverId: string;
  stop(): Promise<void>;
}

const CATALOGUE_EVERY_MS = 1000;

/** Where the journals of the ad servers are, below the data directory. */
export function journalDirectory(data: string): string {
  return join(data, 'ad-server', 'journals');
}

/** Starts an ad server on any free port. Each start is a run of its own, whose numbers begin at 1. */
export async function startAdServer(options: AdServerSurroundings): Promise<RunningAdServer> {
  const serverId = `ad-${uuid7(Date.now())}`;
  const journal = new Journal(journalDirectory(options.data), serverId);
  const send = sendToQueue(options.clients.sqs, options.queueUrl);
  const server = new AdServer({
    channel: new ClickChannel({ send, journal }),
    secrets: new SecretsFile(join(options.data, 'ad-server', 'secrets.json'), Date.now()),
    dataCentres: readDataCentres(join(options.root, '..', 'shared', 'data', 'datacenter-ipv4.txt')),
    now: () => Date.now(),
    chance: () => Math.random(),
  });
  server.use(await readCatalogue(options.ledger.sql));
  const refreshing = setInterval(() => refresh(server, options.ledger), CATALOGUE_EVERY_MS);
  const stop = async (): Promise<void> => {
    clearInterval(refreshing);
    await server.close();
    journal.close();
  };
  return { server, origin: await server.listen(0), serverId, stop };
}

/** While the database is away, the last catalogue stays in use. */
function refresh(server: AdServer, ledger: Ledger): void {
  readCatalogue(ledger.sql).then(
    (catalogue) => server.use(catalogue),
    () => undefined,
  );
}
