import { join } from 'node:path';
import { publishOutbox } from './click-processor/outbox.ts';
import { queueSender } from './click-processor/queue-sender.ts';
import { openLedger, type Ledger } from './database/ledger.ts';
import { seedDemo } from './database/demo.ts';
import { clientsFor, credentials, region, type Clients } from './deploy/clients.ts';
import { deployCompanions, type Companions } from './deploy/companions.ts';
import { deployProcessor } from './deploy/processor.ts';
import { countMessages, ensureClickQueue, type ClickQueue } from './deploy/queues.ts';
import { startHousekeeping } from './housekeeping.ts';
import { askForViews } from './ledger/rules.ts';
import { QUEUE_NAMES } from './messages/queue-names.ts';
import { claim } from './only-one.ts';
import { seedDemoUsers } from './pages/demo-users.ts';
import { PageServer } from './pages/page-server.ts';
import type { InsiderMark } from './pages/sign-in.ts';
import { stopLeftOver } from './platform/child.ts';
import { keepChild } from './platform/kept-child.ts';
import { startPlatform, type Platform } from './platform/platform.ts';
import { compareHourly } from './summary/hourly.ts';
import type { Reconciliation } from './summary/reconcile.ts';
import { settleBooks } from './summary/settle.ts';
import { askForStatements } from './summary/statements.ts';
import { INSIDER_COOKIE, insiderMark } from './server/insider.ts';
import { SecretsFile } from './server/secrets-file.ts';
import { startAdServer, type RunningAdServer } from './server/start.ts';

/** What is brought up, and where. */
export interface SystemOptions {
  /** The folder of the project. */
  readonly root: string;
  readonly data: string;
  readonly port: number;
  readonly classic: boolean;
  readonly databaseUrl: string | undefined;
  readonly say: (text: string) => void;
}

/** The whole click system, running. */
export interface System extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly platform: Platform;
  readonly clients: Clients;
  /** The queue that this start posts to. */
  readonly queue: ClickQueue;
  /** All queues that may hold clicks. */
  readonly queues: readonly ClickQueue[];
  /** The functions in other languages; they are deployed while clicks come already. */
  readonly companions: Promise<Companions>;
  readonly server: RunningAdServer;
  /** Where advertisers see their statistics, and operators everything. */
  readonly pages: string;
  /** The file of the demo's users and their passwords, if this data directory made them. */
  readonly passwords: string | undefined;
}

/** Brings everything up, in order; disposing takes it down in reverse. */
export async function startSystem(options: SystemOptions): Promise<System> {
  await using stack = new AsyncDisposableStack();
  stack.defer(claim(options.data));
  options.say('database');
  const ledger = await openLedger({ url: options.databaseUrl, directory: join(options.data, 'database') });
  stack.defer(() => ledger.close());
  await seedDemo(ledger.sql);
  await askForViews(ledger.sql);
  options.say('platform');
  const program = join(options.root, 'bin', 'millrace');
  const platform = await startPlatform({ program, directory: options.data, port: options.port });
  stack.defer(() => platform.stop());
  const clients = clientsFor(platform.endpoint);
  stack.defer(() => destroy(clients));
  options.say('queues and click processor');
  const queues = [
    await ensureClickQueue(clients.sqs, QUEUE_NAMES.clicks),
    await ensureClickQueue(clients.sqs, `${QUEUE_NAMES.clicks}-classic`),
  ];
  const views = await ensureClickQueue(clients.sqs, QUEUE_NAMES.views);
  await deployProcessor(clients, { root: options.root, ledger, clicks: pick(queues, 0) });
  const companions = deployInBackground(stack, clients, options);
  const send = queueSender(platform.endpoint, { ...credentials(), region: region() });
  stack.defer(
    startHousekeeping({
      ...{ ledger, send },
      closed: async (day) =>
        void (await askForStatements(ledger.sql, clients, (await companions).statement, day)),
    }),
  );
  const consumer = await startConsumer(options, platform, clients, ledger, pick(queues, 1));
  stack.defer(() => consumer.stop());
  const queue = pick(queues, options.classic ? 1 : 0);
  const server = await startAdServer({
    ...{ endpoint: platform.endpoint, sql: ledger.sql, queueUrl: queue.url, data: options.data },
    viewsQueueUrl: views.url,
    // The traffic of a replayed log is quicker than its people were.
    flood: undefined,
  });
  stack.defer(() => server.stop());
  const compare = (): Promise<Reconciliation> =>
    settleBooks({ clients, queues, ledger, server }, options.data);
  stack.defer(compareHourly(compare));
  const pageServer = new PageServer({
    ...{ sql: ledger.sql, insider: insiderMarks(options.data) },
    tell: () => publishOutbox(ledger.sql, send),
    compare,
  });
  stack.defer(() => pageServer.close());
  const pages = await pageServer.listen();
  const passwords = await seedDemoUsers(ledger.sql, options.data);
  const running = stack.move();
  return {
    ...{ ledger, platform, clients, queue, queues, companions, server, pages, passwords },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Building takes its time, and clicks need none of it. What goes wrong is a companion that is missing. */
function deployInBackground(
  stack: AsyncDisposableStack,
  clients: Clients,
  { root, data }: SystemOptions,
): Promise<Companions> {
  const stopping = new AbortController();
  const companions = deployCompanions(clients, { root, data, signal: stopping.signal }).catch(
    (error: unknown): Companions => {
      const missing = { kind: 'missing', why: `It could not be deployed: ${String(error)}` } as const;
      return { alerts: missing, statement: missing };
    },
  );
  stack.defer(async () => {
    stopping.abort();
    await companions;
  });
  return companions;
}

/**
 * The consumer runs with --classic, and whenever an earlier start left clicks in its queue. One that a killed
 * parent left behind is ended first. When it dies it is started again, and that is said.
 */
async function startConsumer(
  options: SystemOptions,
  platform: Platform,
  { sqs }: Clients,
  ledger: Ledger,
  queue: ClickQueue,
): Promise<{ stop(): Promise<void> }> {
  const program = join(options.root, 'ads', 'consumer', 'main.ts');
  const pidFile = join(options.data, 'consumer.pid');
  await stopLeftOver(pidFile, program);
  const needed = options.classic || (await countMessages(sqs, queue.url)) > 0;
  if (!needed) return { stop: () => Promise.resolve() };
  return keepChild({
    name: 'The consumer',
    say: (text) => console.error(text),
    command: process.execPath,
    arguments: [program],
    variables: { AWS_ENDPOINT_URL: platform.endpoint, QUEUE_URL: queue.url, DATABASE_URL: ledger.url },
    logFile: join(options.data, 'consumer.log'),
    pidFile,
  });
}

/** Whoever signs in is known to the ad server by a cookie, and their clicks are not billed. */
function insiderMarks(data: string): InsiderMark {
  const secrets = new SecretsFile(join(data, 'ad-server', 'secrets.json'), Date.now());
  return {
    cookie: INSIDER_COOKIE,
    mark: (expiresAtMs) => insiderMark(secrets.signingKey(Date.now()), expiresAtMs),
  };
}

function destroy({ sqs, lambda }: Clients): void {
  sqs.destroy();
  lambda.destroy();
}

function pick(queues: readonly ClickQueue[], index: number): ClickQueue {
  const queue = queues[index];
  if (queue === undefined) throw new Error('A queue is missing.');
  return queue;
}
