import { setTimeout as sleep } from 'node:timers/promises';
import { recordEntries } from '../click-processor/record.ts';
import { createCampaign } from '../ledger/campaigns.ts';
import { deposit, fundCampaign } from '../ledger/money.ts';
import { activateRules, draftRules } from '../ledger/rules.ts';
import { readJournals } from '../server/run-account.ts';
import { journalDirectory } from '../server/start.ts';
import { recordRuns } from '../summary/runs.ts';
import { readSpooledBytes } from '../summary/spooled.ts';
import { check, type Verdict } from './check.ts';
import { inflict } from './faults.ts';
import { load } from './load.ts';
import type { Violation } from './oracle.ts';
import { LOAD_MS, planOf, type Plan } from './plan.ts';
import type { Stage } from './stage.ts';
import type { Stops } from './stop-watch.ts';
import { until, untilNothing } from './waiting.ts';

/** What became of one seed. */
export interface SeedResult extends Verdict {
  readonly seed: number;
  readonly faults: readonly string[];
  /** Messages that stopped campaigns whose money ended. */
  readonly stops: Stops;
  /** It never came to rest. */
  readonly isStuck?: boolean;
}

/** So long nothing may move: long enough for what was hidden when its worker was killed, again and again. */
const QUIESCE_MS = 120_000;
const SAMPLE_EVERY_MS = 150;
/** A click waits longer for its view than any fault lasts; when all is over the wait is ended by hand. */
const VIEW_WAIT_MS = 900_000;

/** The rules under which all seeds run. */
export async function setRules({ ledger }: Stage): Promise<void> {
  const refuse = [
    'prefetch',
    'head',
    'no-agent',
    'unknown-agent',
    'bot',
    'data-centre',
    'insider',
    'family-mismatch',
  ];
  const definition = { refuse, doubleClickWindowMs: 30_000, viewerRates: [], viewWaitMs: VIEW_WAIT_MS };
  await activateRules(ledger.sql, await draftRules(ledger.sql, { definition, note: 'Clicks under crashes' }));
}

/** Runs one seed: its campaigns, its load with its faults, then quiet, then the checks. */
export async function runSeed(stage: Stage, seed: number): Promise<SeedResult> {
  const plan = planOf(seed);
  await openCampaigns(stage, plan);
  stage.stops.begin(await lastPosition(stage));
  const sampler = new Sampler(stage);
  const faults = inflictAll(stage, plan);
  const refill = sleep(plan.refillAtMs).then(() => refillCampaigns(stage, plan));
  const loaded = await load(stage, plan);
  await Promise.all([faults, refill]);
  let overspent: readonly Violation[];
  try {
    await quiesce(stage);
  } finally {
    overspent = await sampler.stop();
  }
  const verdict = await check(stage.ledger, plan, loaded, await stage.countChannel());
  return {
    ...verdict,
    seed,
    faults: plan.faults.map(({ kind }) => kind),
    stops: stage.stops.stops,
    violations: [...overspent, ...verdict.violations],
  };
}

async function openCampaigns({ ledger }: Stage, { campaigns }: Plan): Promise<void> {
  for (const { campaignId, priceMicros, limitMicros, ended } of campaigns) {
    const state = ended ? 'ended' : 'active';
    const name = `Campaign ${campaignId}`;
    await createCampaign(ledger.sql, { campaignId, advertiserId: 1, name, state, priceMicros });
    const payment = { key: `crash ${campaignId}`, amountMicros: limitMicros };
    await deposit(ledger.sql, 1, payment);
    await fundCampaign(ledger.sql, campaignId, payment);
  }
}

async function lastPosition({ ledger }: Stage): Promise<number> {
  const [row] = await ledger.sql<{ last: number }[]>`SELECT max(position)::float8 AS last FROM ledger_event`;
  return row?.last ?? 0;
}

/** Asked again until it is done: under one key, it is done once. */
async function refillCampaigns({ ledger }: Stage, { campaigns }: Plan): Promise<void> {
  for (const { campaignId, refillMicros } of campaigns.filter((one) => one.refillMicros > 0)) {
    const payment = { key: `refill ${campaignId}`, amountMicros: refillMicros };
    const refill = async (): Promise<boolean> => {
      await deposit(ledger.sql, 1, payment);
      await fundCampaign(ledger.sql, campaignId, payment);
      return true;
    };
    await until('refill', refill, QUIESCE_MS);
  }
}

/** Faults come one after the other, each when its time has come and the one before is put right. */
async function inflictAll(stage: Stage, { faults }: Plan): Promise<void> {
  const startedMs = performance.now();
  for (const { kind, atMs } of faults) {
    await sleep(Math.max(0, atMs - (performance.now() - startedMs)));
    await inflict(stage, kind);
  }
  await sleep(Math.max(0, LOAD_MS - (performance.now() - startedMs)));
}

/** Until every number that an ad server gave out is where it belongs, and nothing waits any more. */
async function quiesce(stage: Stage): Promise<void> {
  const { ledger } = stage;
  await untilNothing(() => whatIsLeft(stage), QUIESCE_MS);
  const overdue = await ledger.sql<{ clickId: string; campaignId: number }[]>`
    SELECT click_id AS "clickId", campaign_id AS "campaignId" FROM click WHERE verdict = 'pending'`;
  if (overdue.length > 0) await recordEntries(ledger.sql, { overdue });
  await recordRuns(ledger.sql, readJournals(journalDirectory(stage.options.data)));
}

/** What is still on its way, all of it, so that it is seen to move; undefined: nothing. */
async function whatIsLeft(stage: Stage): Promise<string | undefined> {
  const spooled = await Promise.all(stage.adServers.map(({ origin }) => readSpooledBytes(origin)));
  const { queued } = await stage.countChannel();
  if (queued === 0 && spooled.every((bytes) => bytes === 0)) return undefined;
  return `${spooled.join(' and ')} bytes are spooled, ${queued} messages are queued`;
}

/** Looks again and again whether any budget is exceeded, or is not the sum of its charges, while everything goes on. */
class Sampler {
  readonly #stage: Stage;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  readonly #violations: Violation[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#ended = this.#sample();
  }

  async stop(): Promise<readonly Violation[]> {
    this.#stopping.abort();
    await this.#ended;
    return this.#violations;
  }

  async #sample(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // The database may be away just now.
      await this.#look().catch(() => undefined);
      await sleep(SAMPLE_EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    const rows = await this.#stage.ledger.sql<
      { id: number; limit: string; spent: string; charged: string }[]
    >`
      SELECT campaign_id AS id, limit_micros AS limit, spent_micros AS spent,
        coalesce((SELECT sum(amount_micros) FROM charge WHERE charge.campaign_id = budget.campaign_id), 0) AS charged
      FROM budget WHERE campaign_id >= 10000`;
    for (const { id, limit, spent, charged } of rows)
      if (BigInt(spent) > BigInt(limit) || spent !== charged)
        this.#violations.push({
          invariant: 'I6',
          says: `campaign ${id} spent ${spent} of ${limit}, charges ${charged}`,
        });
  }
}
