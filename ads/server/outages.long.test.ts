import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { decodeClick } from '../click-processor/click-message.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { clientsFor, type Clients } from '../deploy/clients.ts';
import { ensureClickQueue } from '../deploy/queues.ts';
import { encodeCampaignChange } from '../messages/campaign-change.ts';
import { freePort } from '../platform/free-port.ts';
import { startPlatform, type Platform } from '../platform/platform.ts';
import { readJournals } from './run-account.ts';
import { journalDirectory } from './start.ts';

const program = join(import.meta.dirname, 'main.ts');
const root = join(import.meta.dirname, '..', '..');

describe('an ad server as a program of its own', () => {
  let directory: string;
  let port: number;
  let ledger: Ledger;
  let platform: Platform;
  let clients: Clients;
  let queueUrl: string;
  const children: ChildProcessWithoutNullStreams[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'outages-'));
    chmodSync(directory, 0o755);
    port = await freePort();
    ledger = await openTestLedger();
    platform = await startBroker();
    clients = clientsFor(platform.endpoint);
    queueUrl = (await ensureClickQueue(clients.sqs, 'clicks')).url;
  });
  after(async () => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
    clients.sqs.destroy();
    clients.lambda.destroy();
    await platform.stop();
    await ledger.close().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows nothing of a campaign from the moment on in which a message says that it stopped', async () => {
    const origin = await start('pushed');
    assert.ok((await campaignsOf(origin)).has(2));
    const change = { type: 'campaign-stopped', campaignId: 2, atMs: Date.now() } as const;
    const { QueueUrl } = await eventually(async () => {
      return clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'campaign-changes-pushed' }));
    });
    await eventually(async () => {
      const rows =
        await ledger.sql`SELECT 1 FROM campaign_subscriber WHERE queue = 'campaign-changes-pushed'`;
      assert.equal(rows.length, 1);
    });
    await ledger.sql`UPDATE campaign SET state = 'paused' WHERE campaign_id = 2`;
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: encodeCampaignChange(change) }));
    await eventually(async () => assert.ok(!(await campaignsOf(origin)).has(2)));
  });

  it('redirects while the broker is dead and after its own death delivers everything, each number once', async () => {
    const origin = await start('outage');
    const links = await Promise.all(Array.from({ length: 30 }, () => linkOf(origin)));
    const click = (from: number, to: number): Promise<readonly number[]> =>
      Promise.all(links.slice(from, to).map(statusOf));
    assert.deepEqual(new Set(await click(0, 10)), new Set([302]));
    process.kill(platform.pid, 'SIGKILL');
    await platform.ended;
    assert.deepEqual(new Set(await click(10, 20)), new Set([302]));
    const died = children.at(-1);
    died?.kill('SIGKILL');
    if (died !== undefined) await once(died, 'exit');
    const again = await start('outage');
    const moved = links.slice(20, 30).map((link) => again + new URL(link).pathname);
    assert.deepEqual(new Set(await Promise.all(moved.map(statusOf))), new Set([302]));
    platform = await startBroker();
    const found = new Set<string>();
    await eventually(async () => {
      for (const number of await receivedNumbers()) found.add(number);
      assert.equal(found.size, 30);
    });
    const runs = readJournals(journalDirectory(directory)).filter(({ serverId }) =>
      serverId.startsWith('outage-'),
    );
    assert.deepEqual(
      runs.map(({ posted, spooled, refused }) => ({ posted, spooled, refused })),
      [
        { posted: [[1, 20]], spooled: [], refused: [] },
        { posted: [[1, 10]], spooled: [], refused: [] },
      ],
    );
  });

  it('serves and redirects while the database is dead, also when it starts then', async () => {
    const origin = await start('no-database');
    await ledger.close();
    assert.equal(await statusOf(await linkOf(origin)), 302);
    const another = await start('no-database-either');
    assert.equal(await statusOf(await linkOf(another)), 302);
  });

  it('refuses to be the same one twice, in one sentence', async () => {
    const child = spawn(process.execPath, [program, '--data', directory, '--name', 'no-database'], {
      env: { ...process.env, QUEUE_URL: queueUrl, DATABASE_URL: ledger.url },
    });
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    await once(child, 'close');
    assert.match(
      said,
      /^Process \d+ is the ad server "no-database" of .* already: give this one another --name\.\n$/,
    );
    assert.equal(child.exitCode, 1);
  });

  it('ends in order when asked, with every answer given', async () => {
    const child = children.at(-1);
    child?.kill('SIGTERM');
    if (child !== undefined) assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  function startBroker(): Promise<Platform> {
    return startPlatform({ program: join(root, 'bin', 'millrace'), directory, port });
  }

  async function start(name: string): Promise<string> {
    const child = spawn(process.execPath, [program, '--data', directory, '--name', name], {
      env: {
        ...process.env,
        ...{ AWS_ENDPOINT_URL: platform.endpoint, QUEUE_URL: queueUrl, DATABASE_URL: ledger.url },
      },
    });
    children.push(child);
    child.stderr.pipe(process.stderr);
    for await (const line of createInterface({ input: child.stdout })) {
      const origin = /answers at (\S+)/.exec(line)?.[1];
      if (origin !== undefined) return origin;
    }
    return assert.fail('The ad server ended without saying where it answers.');
  }

  async function receivedNumbers(): Promise<readonly string[]> {
    const asked = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await clients.sqs.send(asked);
    const clicks = Messages.map(({ Body = '' }) => decodeClick(Body));
    return clicks.map((click) => `${click?.serverId} ${click?.seq}`);
  }
});

async function linkOf(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/serve`);
  return ((await answer.json()) as { click_url: string }).click_url;
}

async function campaignsOf(origin: string): Promise<ReadonlySet<number>> {
  const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(`${origin}/serve`)));
  const ads = await Promise.all(answers.map((answer) => answer.json() as Promise<{ ad_id: number }>));
  return new Set(ads.map(({ ad_id: ad }) => Math.trunc(ad / 10)));
}

async function statusOf(link: string): Promise<number> {
  return (await fetch(link, { redirect: 'manual' })).status;
}

/** Until it does not fail any more, for half a minute at most. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 30_000;
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
