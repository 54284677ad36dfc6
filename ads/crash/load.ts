import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsFile } from '../server/secrets-file.ts';
import { signToken } from '../server/token.ts';
import { uuid7 } from '../server/uuid7.ts';
import type { Oddity, Plan, PlannedImpression, PlannedRequest } from './plan.ts';
import type { Stage } from './stage.ts';

/** What became of one request: its status, or undefined when no answer came. */
export type Answers = ReadonlyMap<string, number | undefined>;

/** What the load of one seed saw. */
export interface Loaded {
  readonly answers: Answers;
  /** The id that each planned showing got, by its number. */
  readonly impressionIds: ReadonlyMap<number, string>;
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const AGENTS: Partial<Record<Oddity, string>> = { bot: 'curl/8.5.0', 'no-agent': '' };
const DAY_MS = 86_400_000;
const PATIENCE_MS = 15_000;

/** Sends every request of the plan at its time, whatever became of the ones before; resolves when all have ended. */
export async function load(stage: Stage, plan: Plan): Promise<Loaded> {
  const answers = new Map<string, number | undefined>();
  const impressionIds = new Map<number, string>();
  const startedMs = performance.now();
  const at = (timeMs: number): Promise<void> => sleep(Math.max(0, timeMs - (performance.now() - startedMs)));
  const ask = async (one: PlannedRequest, token: string): Promise<void> => {
    await at(one.atMs);
    answers.set(one.name, await click(stage, one, token));
  };
  const work = plan.impressions.flatMap((impression) => {
    const impressionId = uuid7(Date.now());
    impressionIds.set(impression.number, impressionId);
    const token = tokenFor(stage, plan, impression, impressionId);
    const { viewAtMs, viewServer, requests } = impression;
    const asked = requests.map((one) => ask(one, token(one.oddity)));
    if (viewAtMs === undefined) return asked;
    return [...asked, at(viewAtMs).then(() => view(stage, viewServer, token('none')))];
  });
  await Promise.all(work);
  return { answers, impressionIds };
}

/** A browser asks again for a view that was not answered; nobody does so for a click. */
async function view(stage: Stage, server: number, token: string): Promise<void> {
  for (let tried = 0; tried < 5; tried += 1) {
    const origin = stage.adServers[server]?.origin ?? '';
    if ((await get(`${origin}/view/${token}`, 'GET', { 'User-Agent': FIREFOX })) !== undefined) return;
    await sleep(200);
  }
}

function click(stage: Stage, one: PlannedRequest, token: string): Promise<number | undefined> {
  const origin = stage.adServers[one.server]?.origin ?? '';
  return get(`${origin}/click/${token}`, one.oddity === 'head' ? 'HEAD' : 'GET', {
    'User-Agent': AGENTS[one.oddity] ?? FIREFOX,
    'X-Forwarded-For': one.address,
    Referer: `https://${one.name}.example/`,
    ...(one.oddity === 'prefetch' ? { 'Sec-Purpose': 'prefetch' } : {}),
  });
}

/** Signs what an ad server would have signed when it showed the ad. */
function tokenFor(
  stage: Stage,
  plan: Plan,
  { campaignId }: PlannedImpression,
  impressionId: string,
): (oddity: Oddity) => string {
  const path = join(stage.options.data, 'ad-server', 'secrets.json');
  const key = new SecretsFile(path, Date.now()).signingKey(Date.now());
  const campaign = plan.campaigns.find((one) => one.campaignId === campaignId);
  return (oddity) => {
    const token = signToken(
      {
        ...{ impressionId, adId: campaignId, campaignId, advertiserId: 1, publisherId: 1 },
        priceMicros: campaign?.priceMicros ?? 0,
        servedAtMs: Date.now() - (oddity === 'expired' ? 2 * DAY_MS : 1000),
        target: 'https://shop.example/',
      },
      key,
    );
    return oddity === 'forged' ? `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}` : token;
  };
}

/** The status of the answer; undefined when the connection broke before it. */
function get(url: string, method: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request(url, { method, headers, agent: false, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}
