import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedDemo } from '../database/demo.ts';
import { openLedger, type Ledger } from '../database/ledger.ts';
import { clientsFor, type Clients } from '../deploy/clients.ts';
import { ensureClickQueue, type ClickQueue } from '../deploy/queues.ts';
import { QUEUE_NAMES } from '../messages/queue-names.ts';
import { freePort } from '../platform/free-port.ts';
import { startPlatform, type Platform } from '../platform/platform.ts';
import { familyOf } from './processes.ts';

/** What both forms of the click processor stand on: a platform and a ledger of their own, with one queue of clicks. */
export interface Ground extends AsyncDisposable {
  /** The folder of the project. */
  readonly root: string;
  readonly data: string;
  readonly ledger: Ledger;
  readonly platform: Platform;
  readonly clients: Clients;
  readonly queue: ClickQueue;
  /** The processes of the database. */
  databasePids(): readonly number[];
  /** Kills the platform, and starts it again on its data and its port: `platform` is the new one then. */
  killPlatform(): Promise<void>;
}

/** An environment that nobody uses is gone after this time: so an idle minute shows what is left then. */
export const IDLE_SECONDS = 10;

/** Brings it up on a new data directory, which is removed at the end. */
export async function layGround(root: string): Promise<Ground> {
  await using stack = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), 'ads-compare-'));
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  chmodSync(data, 0o755);
  const ledger = await openLedger({ directory: join(data, 'database') });
  stack.defer(() => ledger.close());
  await seedDemo(ledger.sql);
  process.env['MILLRACE_IDLE'] = String(IDLE_SECONDS);
  const program = join(root, 'bin', 'millrace');
  const broker = await killable({ program, directory: data, port: await freePort() });
  const { platform } = broker;
  stack.defer(() => platform.stop());
  const clients = clientsFor(platform.endpoint);
  stack.defer(() => {
    clients.sqs.destroy();
    clients.lambda.destroy();
  });
  const queue = await ensureClickQueue(clients.sqs, QUEUE_NAMES.clicks);
  // What follows from the clicks is sent here, and read by nobody.
  for (const name of [QUEUE_NAMES.campaignChanges, QUEUE_NAMES.campaignFigures])
    await ensureClickQueue(clients.sqs, name);
  const laid = stack.move();
  return {
    ...{ root, data, ledger, platform, clients, queue },
    databasePids: () => familyOf(postmasterPid(data)),
    killPlatform: () => broker.kill(),
    [Symbol.asyncDispose]: () => laid.disposeAsync(),
  };
}

/** A platform that stays the same object when it is killed and started again. */
async function killable(
  options: Parameters<typeof startPlatform>[0],
): Promise<{ readonly platform: Platform; kill(): Promise<void> }> {
  let current = await startPlatform(options);
  const platform: Platform = {
    endpoint: current.endpoint,
    get pid() {
      return current.pid;
    },
    get ended() {
      return current.ended;
    },
    stop: () => current.stop(),
  };
  const kill = async (): Promise<void> => {
    process.kill(current.pid, 'SIGKILL');
    await current.ended;
    current = await startPlatform(options);
  };
  return { platform, kill };
}

function postmasterPid(data: string): number {
  const file = join(data, 'database', 'postgres', 'data', 'postmaster.pid');
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}
