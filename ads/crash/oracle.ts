/**
 * What may have come of the requests of one seed. Knows nothing of the program under test: neither its code nor its
 * tables, only what was planned, what was answered, and the rules as they are written down.
 */

/** A request as it was planned and answered. */
export interface SeenRequest {
  readonly name: string;
  readonly oddity: string;
  /** The answer's status; undefined when there was none. */
  readonly status: number | undefined;
}

/** The requests for one showing of an ad. */
export interface SeenImpression {
  readonly campaignId: number;
  /** Whether the ledger has heard that the ad was seen. */
  readonly seen: boolean;
  /** Whether it was ever going to be. */
  readonly viewPlanned: boolean;
  readonly requests: readonly SeenRequest[];
}

/** The money of one campaign. */
export interface SeenCampaign {
  readonly campaignId: number;
  readonly priceMicros: number;
  readonly limitMicros: number;
  readonly refillMicros: number;
  readonly ended: boolean;
}

/** What the ledger says came of a request. */
export interface Outcome {
  readonly verdict: string;
  readonly reason: string | undefined;
}

/** Everything there is to say: the recorded outcomes of each request, by its name. */
export type Outcomes = ReadonlyMap<string, readonly Outcome[]>;

/** What is wrong, by the invariant that it breaks. */
export interface Violation {
  readonly invariant: string;
  readonly says: string;
}

const INVALID_BY_ODDITY: Readonly<Record<string, string>> = {
  bot: 'bot',
  'no-agent': 'no-agent',
  head: 'head',
  prefetch: 'prefetch',
  forged: 'forged',
  expired: 'expired',
};
const REPEATED = new Set(['double-click', 'repeated-impression']);

/** Judges what came of one seed. */
export function judge(
  impressions: readonly SeenImpression[],
  campaigns: readonly SeenCampaign[],
  outcomes: Outcomes,
): readonly Violation[] {
  const requests = impressions.flatMap((impression) => impression.requests);
  const byCampaign = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign]));
  return [
    ...requests.flatMap((request) => judgeCount(request, outcomes)),
    ...requests.flatMap((request) => judgeOddity(request, outcomes)),
    ...impressions.flatMap((impression) => judgeImpression(impression, byCampaign, outcomes)),
    ...campaigns.flatMap((campaign) => judgeMoney(campaign, impressions, outcomes)),
  ];
}

/** Whoever was answered is recorded once; whoever was not, once or not at all. */
function judgeCount({ name, status }: SeenRequest, outcomes: Outcomes): readonly Violation[] {
  const rows = outcomes.get(name)?.length ?? 0;
  if (status === 302 && rows !== 1)
    return [{ invariant: 'I1', says: `${name} was redirected and has ${rows} rows` }];
  if (rows > 1) return [{ invariant: 'I4', says: `${name} has ${rows} rows` }];
  return [];
}

function judgeOddity({ name, oddity }: SeenRequest, outcomes: Outcomes): readonly Violation[] {
  const reason = INVALID_BY_ODDITY[oddity];
  return (outcomes.get(name) ?? []).flatMap((outcome) => {
    const isRight = reason === undefined || (outcome.verdict === 'invalid' && outcome.reason === reason);
    return isRight ? [] : [{ invariant: 'I3', says: `${name} (${oddity}) is ${said(outcome)}` }];
  });
}

/** Of the requests for one showing that nothing is wrong with, one counts and all others repeat it. */
function judgeImpression(
  impression: SeenImpression,
  campaigns: ReadonlyMap<number, SeenCampaign>,
  outcomes: Outcomes,
): readonly Violation[] {
  const rows = plainOutcomes(impression, outcomes);
  const counting = rows.filter(({ outcome }) => !REPEATED.has(outcome.reason ?? ''));
  const violations: Violation[] = [];
  const names = rows.map(({ name, outcome }) => `${name} ${said(outcome)}`).join(', ');
  if (rows.length > 0 && counting.length !== 1)
    violations.push({ invariant: 'I2', says: `${counting.length} of one showing count: ${names}` });
  for (const { name, outcome } of counting) {
    const allowed = allowedFor(impression, campaigns.get(impression.campaignId));
    if (!allowed.includes(said(outcome)))
      violations.push({ invariant: 'I3', says: `${name} is ${said(outcome)}, not ${allowed.join(' or ')}` });
  }
  return violations;
}

function allowedFor(impression: SeenImpression, campaign: SeenCampaign | undefined): readonly string[] {
  if (!impression.seen) return ['invalid no-view'];
  return campaign?.ended === true ? ['free ended'] : ['billed', 'free unfunded'];
}

/** Charged are as many as the money is enough for: not one more, not one less. */
function judgeMoney(
  campaign: SeenCampaign,
  impressions: readonly SeenImpression[],
  outcomes: Outcomes,
): readonly Violation[] {
  const own = impressions.filter(({ campaignId, seen }) => campaignId === campaign.campaignId && seen);
  const counting = own.flatMap((impression) =>
    plainOutcomes(impression, outcomes).filter(({ outcome }) => !REPEATED.has(outcome.reason ?? '')),
  );
  const billed = counting.filter(({ outcome }) => outcome.verdict === 'billed').length;
  const affordable = (micros: number): number =>
    campaign.ended ? 0 : Math.min(counting.length, Math.floor(micros / campaign.priceMicros));
  const least = affordable(campaign.limitMicros);
  const most = affordable(campaign.limitMicros + campaign.refillMicros);
  if (billed >= least && billed <= most) return [];
  const says = `campaign ${campaign.campaignId}: ${billed} of ${counting.length} are charged, the money is enough for ${least} to ${most}`;
  return [{ invariant: 'I3', says }];
}

function plainOutcomes(
  { requests }: SeenImpression,
  outcomes: Outcomes,
): readonly { readonly name: string; readonly outcome: Outcome }[] {
  return requests
    .filter(({ oddity }) => oddity === 'none')
    .flatMap(({ name }) => (outcomes.get(name) ?? []).map((outcome) => ({ name, outcome })));
}

function said({ verdict, reason }: Outcome): string {
  return reason === undefined ? verdict : `${verdict} ${reason}`;
}
