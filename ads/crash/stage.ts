import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startEmbedded } from '../database/embedded.ts';
import { openLedger, type Ledger } from '../database/ledger.ts';
import { seedDemo } from '../database/demo.ts';
import { clientsFor, type Clients } from '../deploy/clients.ts';
import { deployProcessor } from '../deploy/processor.ts';
import { countMessages, ensureClickQueue, type ClickQueue } from '../deploy/queues.ts';
import { QUEUE_NAMES } from '../messages/queue-names.ts';
import { startChild, type Child } from '../platform/child.ts';
import { freePort } from '../platform/free-port.ts';
import { startPlatform, type Platform } from '../platform/platform.ts';
import { BrokerProxy } from './broker-proxy.ts';
import { DatabaseProxy } from './database-proxy.ts';
import { StopWatch } from './stop-watch.ts';
import { until } from './waiting.ts';

/** What is put on the stage. */
export interface StageOptions {
  /** The folder of the project, or of a mutant of it. */
  readonly root: string;
  /** Where the unbroken program is: the platform comes from there. */
  readonly project: string;
  readonly data: string;
  /** Where the broker keeps its data; a small disk of its own if it is to be filled. */
  readonly brokerData: string;
  readonly consumer: boolean;
}

/** As long as a message stays hidden when whoever had it was killed. */
const HIDDEN_SECONDS = '4';
const AD_SERVERS = ['one', 'two'];

/** All processes of the click system, each of which can be killed and is started again. */
export class Stage implements AsyncDisposable {
  readonly options: StageOptions;
  readonly ledger: Ledger;
  readonly clients: Clients;
  readonly broker: BrokerProxy;
  readonly database: DatabaseProxy;
  readonly stops: StopWatch;
  readonly queues: readonly ClickQueue[];
  readonly adServers: (Child & { readonly origin: string })[] = [];
  platform: Platform;
  consumer: Child | undefined;
  databasePid: number;
  readonly #adPorts: readonly number[];
  readonly #parts: AsyncDisposableStack;

  constructor(
    fields: Pick<
      Stage,
      'options' | 'ledger' | 'clients' | 'broker' | 'database' | 'stops' | 'queues' | 'platform'
    > & {
      readonly adPorts: readonly number[];
      readonly databasePid: number;
      readonly parts: AsyncDisposableStack;
    },
  ) {
    this.options = fields.options;
    this.ledger = fields.ledger;
    this.clients = fields.clients;
    this.broker = fields.broker;
    this.database = fields.database;
    this.stops = fields.stops;
    this.queues = fields.queues;
    this.platform = fields.platform;
    this.databasePid = fields.databasePid;
    this.#adPorts = fields.adPorts;
    this.#parts = fields.parts;
  }

  /** Where the database is for everybody but the stage itself. */
  get databaseUrl(): string {
    const url = new URL(this.ledger.url);
    url.port = String(this.database.port);
    return url.href;
  }

  async startAdServer(index: number): Promise<void> {
    const { root, data, project } = this.options;
    const name = AD_SERVERS[index] ?? 'one';
    const port = String(this.#adPorts[index]);
    const queue = (name: string): string => `${this.broker.endpoint}/000000000000/${name}`;
    const clock = pathToFileURL(join(project, 'ads', 'crash', 'stepping-clock.ts')).href;
    const options = ['--data', data, '--name', name, '--port', port, '--most-per-address', '0'];
    const child = startChild({
      command: process.execPath,
      arguments: ['--import', clock, join(root, 'ads', 'server', 'main.ts'), ...options],
      variables: {
        AWS_ENDPOINT_URL: this.broker.endpoint,
        QUEUE_URL: queue(this.options.consumer ? 'clicks-classic' : 'clicks'),
        VIEWS_QUEUE_URL: queue(QUEUE_NAMES.views),
        DATABASE_URL: this.databaseUrl,
      },
      logFile: join(data, `ad-server-${name}-${Date.now()}.log`),
      pidFile: join(data, `ad-server-${name}.pid`),
    });
    const origin = `http://127.0.0.1:${port}`;
    this.adServers[index] = { ...child, origin };
    await until(`ad server ${name}`, async () => (await fetch(`${origin}/health`)).ok, 60_000);
  }

  startConsumer(): void {
    if (!this.options.consumer) return;
    const { root, data } = this.options;
    this.consumer = startChild({
      command: process.execPath,
      arguments: [join(root, 'ads', 'consumer', 'main.ts')],
      variables: {
        AWS_ENDPOINT_URL: this.broker.endpoint,
        QUEUE_URL: `${this.broker.endpoint}/000000000000/clicks-classic`,
        DATABASE_URL: this.databaseUrl,
      },
      logFile: join(data, `consumer-${Date.now()}.log`),
      pidFile: join(data, 'consumer.pid'),
    });
  }

  async startPlatform(): Promise<void> {
    const port = Number(new URL(this.platform.endpoint).port);
    this.platform = await platformOf(this.options, port);
  }

  async startDatabase(): Promise<void> {
    const { pid } = await startEmbedded(join(this.options.data, 'database'));
    this.databasePid = pid;
    await until('database', async () => (await this.ledger.owner`SELECT 1`).length === 1, 60_000);
  }

  /** Messages that still are to be handled, and those that were given up. */
  async countChannel(): Promise<{ readonly queued: number; readonly deadLetters: number }> {
    const { sqs } = this.clients;
    const count = async (urls: readonly string[]): Promise<number> =>
      (await Promise.all(urls.map((url) => countMessages(sqs, url)))).reduce((sum, one) => sum + one, 0);
    return {
      queued: await count(this.queues.map((queue) => queue.url)),
      deadLetters: await count(this.queues.map((queue) => queue.deadUrl)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [...this.adServers, this.consumer]) await child?.stop(3000);
    await this.platform.stop();
    await this.#parts.disposeAsync();
  }
}

/** Brings everything up. */
export async function setStage(options: StageOptions): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  mkdirSync(options.data, { recursive: true });
  const directory = join(options.data, 'database');
  // The database may be another process by then than the one that the ledger opened.
  parts.defer(async () => (await startEmbedded(directory)).stop());
  const ledger = await openLedger({ directory });
  parts.defer(() => ledger.close());
  await seedDemo(ledger.sql);
  const { pid } = await startEmbedded(directory);
  const platform = await platformOf(options, await freePort());
  const clients = clientsFor(platform.endpoint);
  parts.defer(() => [clients.sqs, clients.lambda].forEach((client) => client.destroy()));
  const broker = parts.use(await BrokerProxy.start(Number(new URL(platform.endpoint).port)));
  const database = parts.use(await DatabaseProxy.start(() => Number(new URL(ledger.url).port)));
  const queues = await queuesOf(clients, options.consumer);
  const stops = parts.use(new StopWatch(clients.sqs, ledger.sql));
  const stage = new Stage({
    ...{ options, ledger, clients, broker, database, stops, queues, platform, databasePid: pid },
    adPorts: [await freePort(), await freePort()],
    parts: parts.move(),
  });
  try {
    await populate(stage);
    return stage;
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

function platformOf({ project, data, brokerData }: StageOptions, port: number): Promise<Platform> {
  const program = join(project, 'bin', 'millrace');
  return startPlatform({ program, directory: data, data: brokerData, port });
}

async function populate(stage: Stage): Promise<void> {
  const { root, consumer } = stage.options;
  await deployProcessor(stage.clients, {
    ...{ root, ledger: { url: stage.databaseUrl } },
    clicks: consumer ? undefined : stage.queues[0],
  });
  await hideBriefly(stage);
  stage.startConsumer();
  await Promise.all(AD_SERVERS.map((_, index) => stage.startAdServer(index)));
}

async function queuesOf({ sqs }: Clients, consumer: boolean): Promise<readonly ClickQueue[]> {
  const names = [consumer ? 'clicks-classic' : 'clicks', QUEUE_NAMES.views];
  return Promise.all(names.map((name) => ensureClickQueue(sqs, name)));
}

async function hideBriefly({ clients, queues }: Stage): Promise<void> {
  for (const { url } of queues) {
    const Attributes = { VisibilityTimeout: HIDDEN_SECONDS };
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  }
}
