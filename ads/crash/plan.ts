import { Chance } from '../traffic/chance.ts';

/** A campaign of one seed. */
export interface PlannedCampaign {
  readonly campaignId: number;
  readonly priceMicros: number;
  readonly limitMicros: number;
  /** Money that is added in the middle of the load. */
  readonly refillMicros: number;
  readonly ended: boolean;
}

/** What is odd about a request. */
export type Oddity = 'none' | 'bot' | 'no-agent' | 'head' | 'prefetch' | 'forged' | 'expired';

/** One request for a link. */
export interface PlannedRequest {
  /** Unique in the whole run; travels as the host of the referrer. */
  readonly name: string;
  readonly atMs: number;
  /** Which ad server is asked. */
  readonly server: number;
  readonly oddity: Oddity;
  readonly address: string;
}

/** The requests for one showing of an ad. */
export interface PlannedImpression {
  readonly campaignId: number;
  readonly number: number;
  /** Undefined: it is never seen. */
  readonly viewAtMs: number | undefined;
  readonly viewServer: number;
  readonly requests: readonly PlannedRequest[];
}

/** What is done to the machinery, and when. */
export interface PlannedFault {
  readonly kind: FaultKind;
  readonly atMs: number;
}

/** Everything that can be done to it. On a slow machine the first fault of a seed is the one that surely falls into its load. */
export const FAULT_KINDS = [
  'kill-ad-server',
  'kill-broker',
  'kill-worker',
  'kill-database',
  'lose-answers',
  'stop-broker',
  'cut-broker',
  'duplicate-sends',
  'cut-database',
  'delay-sends',
  'freeze-database',
  'lose-commits',
  'stop-broker-and-kill-ad-server',
  'fill-disk',
  'step-clock',
] as const;

/** One of them. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What happens in one seed. */
export interface Plan {
  readonly seed: number;
  readonly campaigns: readonly PlannedCampaign[];
  readonly impressions: readonly PlannedImpression[];
  readonly faults: readonly PlannedFault[];
  readonly refillAtMs: number;
}

/** The load of a seed. */
export const LOAD_MS = 5000;
const IMPRESSIONS = 220;
const CAMPAIGNS = 5;
const FAULTS = 4;

/** The plan of a seed: the same one each time. */
export function planOf(seed: number): Plan {
  const chance = new Chance(seed * 7919 + 13);
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, index) => campaignOf(seed, index, chance));
  const impressions = Array.from({ length: IMPRESSIONS }, (_, number) =>
    impressionOf(seed, number, chance.pick(campaigns), chance),
  );
  return {
    seed,
    campaigns,
    impressions,
    faults: faultsOf(seed, chance),
    refillAtMs: 2000 + chance.below(1000),
  };
}

/** Two with little money, one of them filled up; two with enough; one that is over. */
function campaignOf(seed: number, index: number, chance: Chance): PlannedCampaign {
  const priceMicros = 1_000_003 + chance.below(2_000_000);
  const isSmall = index < 2;
  return {
    campaignId: 10_000 + seed * 10 + index,
    priceMicros,
    limitMicros: isSmall
      ? priceMicros * (3 + chance.below(10)) + chance.below(priceMicros)
      : priceMicros * 100_000,
    refillMicros: index === 1 ? priceMicros * 4 : 0,
    ended: index === 4,
  };
}

function impressionOf(
  seed: number,
  number: number,
  campaign: PlannedCampaign,
  chance: Chance,
): PlannedImpression {
  const firstAtMs = chance.below(LOAD_MS - 500);
  const viewer = `10.${seed % 250}.${Math.floor(number / 250)}.${1 + (number % 250)}`;
  const request = (index: number, change: Partial<PlannedRequest>): PlannedRequest => ({
    name: `r${seed}-${number}-${index}`,
    atMs: firstAtMs,
    server: chance.below(2),
    oddity: 'none',
    address: viewer,
    ...change,
  });
  return {
    campaignId: campaign.campaignId,
    number,
    ...viewOf(firstAtMs, chance),
    viewServer: chance.below(2),
    requests: requestsOf(request, chance),
  };
}

type MakeRequest = (index: number, change: Partial<PlannedRequest>) => PlannedRequest;

function requestsOf(request: MakeRequest, chance: Chance): readonly PlannedRequest[] {
  const first = request(0, {});
  const kind = chance.next();
  if (kind < 0.1) return [first, request(1, { server: first.server })];
  if (kind < 0.2) return [first, request(1, { atMs: first.atMs + 50 + chance.below(350) })];
  if (kind < 0.28)
    return [
      first,
      request(1, { address: first.address.replace('10.', '11.'), atMs: first.atMs + chance.below(300) }),
    ];
  if (kind < 0.31)
    return [first, request(1, {}), request(2, { atMs: first.atMs + 100 }), request(3, { oddity: 'head' })];
  if (kind < 0.5) {
    const oddity = chance.pick(['bot', 'no-agent', 'head', 'prefetch', 'forged', 'expired'] as const);
    return [request(0, { oddity })];
  }
  return [first];
}

/** Most ads are seen before they are clicked, some a little later, some never. */
function viewOf(firstAtMs: number, chance: Chance): { viewAtMs: number | undefined } {
  const kind = chance.next();
  if (kind < 0.06) return { viewAtMs: undefined };
  if (kind < 0.2) return { viewAtMs: firstAtMs + 20 + chance.below(400) };
  return { viewAtMs: Math.max(0, firstAtMs - 30 - chance.below(300)) };
}

/** Seeds that follow each other take all kinds in turn. */
function faultsOf(seed: number, chance: Chance): readonly PlannedFault[] {
  return Array.from({ length: FAULTS }, (_, index): PlannedFault => {
    const kind = FAULT_KINDS[(seed * FAULTS + index) % FAULT_KINDS.length] ?? 'kill-worker';
    return { kind, atMs: 300 + index * 1000 + chance.below(900) };
  });
}
