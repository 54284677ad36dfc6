import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import { seedDemo } from '../../ads/database/demo.ts';
import { openLedger, type Ledger } from '../../ads/database/ledger.ts';
import { clientsFor, type Clients } from '../../ads/deploy/clients.ts';
import { deployProcessor } from '../../ads/deploy/processor.ts';
import { countMessages, ensureClickQueue, type ClickQueue } from '../../ads/deploy/queues.ts';
import { QUEUE_NAMES } from '../../ads/messages/queue-names.ts';
import { startPlatform, type Platform } from '../../ads/platform/platform.ts';
import { SecretsFile } from '../../ads/server/secrets-file.ts';
import { signToken } from '../../ads/server/token.ts';
import { uuid7 } from '../../ads/server/uuid7.ts';
import { freePort } from '../../ads/platform/free-port.ts';
import { JIFFIES_PER_S, jiffiesOf } from '../usage.ts';
import type { ClickLoad } from './click-client.ts';
import { PageWatcher } from './page-watcher.ts';

const root = new URL('../..', import.meta.url).pathname;
/** Campaigns of the demo that no bench exhausts, with an ad each. */
const ADS = [
  { campaignId: 1, advertiserId: 1, adId: 11, priceMicros: 250_000 },
  { campaignId: 3, advertiserId: 2, adId: 31, priceMicros: 180_000 },
  { campaignId: 4, advertiserId: 3, adId: 41, priceMicros: 120_000 },
  { campaignId: 5, advertiserId: 4, adId: 51, priceMicros: 310_000 },
];

/** The click system in processes of its own: platform, database, function, and one ad server. */
export class ClickSystem implements AsyncDisposable {
  readonly clients: Clients;
  readonly queue: ClickQueue;
  readonly #data: string;
  readonly #platform: Platform;
  #ledger: Ledger;
  readonly #server: ChildProcess;
  readonly #port: string;

  private constructor(parts: {
    readonly data: string;
    readonly clients: Clients;
    readonly queue: ClickQueue;
    readonly platform: Platform;
    readonly ledger: Ledger;
    readonly server: { readonly child: ChildProcess; readonly port: string };
  }) {
    this.clients = parts.clients;
    this.queue = parts.queue;
    this.#data = parts.data;
    this.#platform = parts.platform;
    this.#ledger = parts.ledger;
    this.#server = parts.server.child;
    this.#port = parts.server.port;
  }

  /** Starts everything on a new data directory. What was started is stopped again when something does not start. */
  static async start(): Promise<ClickSystem> {
    await using started = new AsyncDisposableStack();
    const data = mkdtempSync(join(tmpdir(), 'millrace-bench-ads-'));
    started.defer(() => rmSync(data, { recursive: true, force: true }));
    chmodSync(data, 0o755);
    const ledger = await openLedger({ directory: join(data, 'database') });
    started.defer(() => ledger.close());
    await seedDemo(ledger.sql);
    const platform = await startPlatform({
      program: join(root, 'bin', 'millrace'),
      directory: data,
      port: await freePort(),
    });
    started.defer(() => platform.stop());
    const clients = clientsFor(platform.endpoint);
    const queue = await ensureClickQueue(clients.sqs, QUEUE_NAMES.clicks);
    await ensureClickQueue(clients.sqs, QUEUE_NAMES.campaignFigures);
    await deployProcessor(clients, { root, ledger, clicks: queue });
    const server = await startServer(data, {
      endpoint: platform.endpoint,
      queueUrl: queue.url,
      databaseUrl: ledger.url,
    });
    started.move();
    return new ClickSystem({ data, clients, queue, platform, ledger, server });
  }

  /** Sends `rate` clicks a second for some seconds, each with a link of its own. */
  async load(rate: number, seconds: number): Promise<ClickLoad & { readonly serverCpuS: number }> {
    const file = join(this.#data, 'links');
    writeFileSync(file, this.#links(rate * seconds).join('\n'));
    const client = new URL('click-client.ts', import.meta.url).pathname;
    const before = jiffiesOf(this.#server.pid ?? 0);
    const stdout = await printedBy([client, this.#port, String(rate), file]);
    const serverCpuS = (jiffiesOf(this.#server.pid ?? 0) - before) / JIFFIES_PER_S;
    return { ...(JSON.parse(stdout) as ClickLoad), serverCpuS };
  }

  /** Turns the function off or on: what was taken is finished, nothing new is taken. */
  async setProcessor(isOn: boolean): Promise<void> {
    const { lambda } = this.clients;
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ EventSourceArn: this.queue.arn }),
    );
    for (const { UUID } of EventSourceMappings)
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: isOn }));
    const wanted = isOn ? 'Enabled' : 'Disabled';
    while (!(await this.#mappings()).every(({ State }) => State === wanted)) await sleep(50);
  }

  /** Ends the database. */
  async stopDatabase(): Promise<void> {
    await this.#ledger.close();
  }

  /** Starts it again on its data and its port. */
  async startDatabase(): Promise<void> {
    this.#ledger = await openLedger({ directory: join(this.#data, 'database') });
  }

  /** Clicks in the ledger. */
  async recorded(): Promise<number> {
    const [row] = await this.#ledger.sql<{ clicks: string }[]>`SELECT count(*) AS clicks FROM click`;
    return Number(row?.clicks ?? 0);
  }

  /** Opens the pages of all advertisers whose ads are clicked. */
  watchPages(): Promise<PageWatcher> {
    return PageWatcher.watch(
      this.#ledger,
      ADS.map((ad) => ad.advertiserId),
    );
  }

  /** From the click to its record in the ledger, of clicks since `sinceMs`. */
  async recordLatency(sinceMs: number): Promise<{ readonly p50: number; readonly p99: number }> {
    const [row] = await this.#ledger.sql<{ p50: number; p99: number }[]>`
      SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY late) AS p99
      FROM (SELECT extract(epoch FROM recorded_at - clicked_at) * 1000 AS late FROM click
            WHERE clicked_at > to_timestamp(${sinceMs}::double precision / 1000)) AS clicks`;
    return { p50: Number(row?.p50), p99: Number(row?.p99) };
  }

  /** Resolves with the seconds until no click is queued any more; throws after `mostS`. */
  async drained(mostS: number): Promise<number> {
    const startMs = performance.now();
    while ((await countMessages(this.clients.sqs, this.queue.url)) > 0) {
      if (performance.now() - startMs > mostS * 1000)
        throw new Error(`clicks are still queued after ${mostS} s`);
      await sleep(200);
    }
    return (performance.now() - startMs) / 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill('SIGTERM');
    if (this.#server.exitCode === null) await once(this.#server, 'exit');
    this.clients.sqs.destroy();
    this.clients.lambda.destroy();
    await this.#platform.stop();
    await this.#ledger.close();
    rmSync(this.#data, { recursive: true, force: true });
  }

  #links(count: number): readonly string[] {
    const nowMs = Date.now();
    const key = new SecretsFile(join(this.#data, 'ad-server', 'secrets.json'), nowMs).signingKey(nowMs);
    return Array.from({ length: count }, (_, index) => {
      const ad = ADS[index % ADS.length] ?? ADS[0];
      if (ad === undefined) throw new Error('there is no ad');
      const served = { impressionId: uuid7(nowMs), publisherId: 1 + (index % 3), servedAtMs: nowMs };
      return `/click/${signToken({ ...ad, ...served, target: 'https://shop.example/' }, key)}`;
    });
  }

  async #mappings(): Promise<readonly EventSourceMappingConfiguration[]> {
    const asked = new ListEventSourceMappingsCommand({ EventSourceArn: this.queue.arn });
    return (await this.clients.lambda.send(asked)).EventSourceMappings ?? [];
  }
}

/** Runs a program of Node in a session of its own, of which processor time is shared out by itself. */
async function printedBy(words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const printed = await text(child.stdout);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${words[0]} ended with ${code}`);
  return printed;
}

async function startServer(
  data: string,
  places: { readonly endpoint: string; readonly queueUrl: string; readonly databaseUrl: string },
): Promise<{ child: ChildProcess; port: string }> {
  const child = spawn(process.execPath, [join(root, 'ads', 'server', 'main.ts'), '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...{
        AWS_ENDPOINT_URL: places.endpoint,
        QUEUE_URL: places.queueUrl,
        DATABASE_URL: places.databaseUrl,
      },
    },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /answers at http:\S+:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return { child, port };
  }
  throw new Error('the ad server ended before it was up');
}
