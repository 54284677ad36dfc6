import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../../src/base/random.ts';
import { violations } from './checker.ts';
import type { Fact } from './journal.ts';
import { freePort, Platform } from './platform.ts';
import { SqsClient } from './sqs-client.ts';
import { Workload } from './workload.ts';

/** How a campaign of kills runs. */
export interface Campaign {
  readonly kills: number;
  readonly seed: number;
  /** Told of each kill as it happens. */
  readonly tell?: (line: string) => void;
}

/** What a campaign found. */
export interface Verdict {
  /** Sentences; none when the platform kept its word. */
  readonly violations: readonly string[];
  readonly acknowledgedSends: number;
  readonly acknowledgedDeletes: number;
  readonly acknowledgedMoves: number;
}

/** Kills the real program again and again under load, on one data directory, and judges what is left at the end. */
export async function killAndCheck(campaign: Campaign): Promise<Verdict> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'millrace-crash-'));
  const random = new SeededRandom(campaign.seed);
  const journal: Fact[] = [];
  const workload = new Workload(journal, () => random.fraction());
  const port = await freePort();
  try {
    for (let kill = 1; kill <= campaign.kills; kill++) {
      await oneLife(workload, { dataDirectory, port }, 100 + random.fraction() * 500);
      journal.push({ kind: 'killed' });
      campaign.tell?.(`kill ${kill} of ${campaign.kills}: ${journal.length} facts`);
    }
    await lastLife(workload, { dataDirectory, port });
    return judged(journal);
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
}

type Life = { readonly dataDirectory: string; readonly port: number };

async function oneLife(workload: Workload, life: Life, lastsMs: number): Promise<void> {
  await using platform = await Platform.start(life);
  using client = new SqsClient(life.port);
  await workload.makeQueues(client);
  const working = workload.work(client);
  await pause(lastsMs);
  await platform.kill();
  await working;
}

async function lastLife(workload: Workload, life: Life): Promise<void> {
  await using platform = await Platform.start(life);
  using client = new SqsClient(platform.port);
  await workload.drain(client);
}

function judged(journal: readonly Fact[]): Verdict {
  const count = (kind: Fact['kind']): number => journal.filter((fact) => fact.kind === kind).length;
  return {
    violations: violations(journal),
    acknowledgedSends: count('send-acknowledged'),
    acknowledgedDeletes: count('delete-acknowledged'),
    acknowledgedMoves: count('move-acknowledged'),
  };
}
