import { isbot } from 'isbot';
import type { Click } from './click.ts';

/** Why a click is not a click that anybody pays for. */
export type InvalidReason =
  | 'malformed'
  | 'forged'
  | 'expired'
  | 'ahead-of-time'
  | 'prefetch'
  | 'head'
  | 'no-agent'
  | 'unknown-agent'
  | 'bot'
  | 'data-centre'
  | 'insider'
  | 'family-mismatch'
  | 'double-click'
  | 'too-many'
  | 'repeated-impression'
  | 'no-view'
  | 'unknown-campaign';

/** Why a real click costs the advertiser nothing. */
export type FreeReason = 'ended' | 'unfunded';

/** Every click lands in exactly one of these; `pending` only until its view has come, or is not waited for any longer. */
export type Verdict =
  | { readonly kind: 'billed' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'free'; readonly reason: FreeReason }
  | { readonly kind: 'invalid'; readonly reason: InvalidReason };

/** What a click itself may show against it, and a version of the rules may refuse, in the order of judgement. */
const TRAITS = {
  prefetch: (click: Click) => click.prefetch,
  head: (click: Click) => click.method === 'HEAD',
  'no-agent': (click: Click) => click.agent.trim() === '',
  bot: (click: Click) => isbot(click.agent),
  'unknown-agent': (click: Click) => click.agentFamily === 'unknown',
  'data-centre': (click: Click) => click.addressClass === 'data-centre',
  insider: (click: Click) => click.insider === true,
  'family-mismatch': hasOtherFamilies,
} as const satisfies Readonly<Record<string, (click: Click) => boolean>>;

/** What a version of the rules can refuse a click for. */
export type Trait = keyof typeof TRAITS;

/** How often one address may click within a time. */
export interface ViewerRate {
  readonly windowMs: number;
  readonly most: number;
}

/** One version of the rules. Its number is stored with every verdict. */
export interface Rules {
  readonly version: number;
  readonly refuse: ReadonlySet<Trait>;
  /** A second click of the same viewer on the same ad within this time is the second half of a double-click. */
  readonly doubleClickWindowMs: number;
  readonly viewerRates: readonly ViewerRate[];
  /** How long a click waits for the view of its impression; undefined: no view is asked for. */
  readonly viewWaitMs: number | undefined;
}

/** A clock of an ad server may be ahead of the ledger's by this much. */
const CLOCK_SKEW_MS = 3_600_000;

/** What the click itself shows against it, whatever else is known; undefined if nothing. */
export function invalidByItself(click: Click, rules: Rules, nowMs: number): InvalidReason | undefined {
  if (click.token !== 'ok') return click.token;
  if (click.clickedAtMs > nowMs + CLOCK_SKEW_MS) return 'ahead-of-time';
  return traitNames().find((trait) => rules.refuse.has(trait) && TRAITS[trait](click));
}

/** Browser and system at the click must be those that the ad was served to, as far as both are known. */
function hasOtherFamilies({ agentFamily, osFamily, served }: Click): boolean {
  const differ = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  return differ(agentFamily, served?.agentFamily) || differ(osFamily, served?.osFamily);
}

/** All traits, in the order in which they are looked at. */
function traitNames(): readonly Trait[] {
  return Object.keys(TRAITS) as Trait[];
}

/** Reads a stored definition. Throws when it says what this program does not know: better no verdict than a wrong one. */
export function parseRules(version: number, definition: unknown): Rules {
  const fields = definition as Readonly<Record<string, unknown>>;
  const refuse = fields['refuse'];
  const rates = fields['viewerRates'];
  if (!Array.isArray(refuse) || !refuse.every(isTrait)) throw new UnknownRules(version, 'refuse');
  if (!Array.isArray(rates) || !rates.every(isRate)) throw new UnknownRules(version, 'viewerRates');
  const { doubleClickWindowMs, viewWaitMs } = fields;
  if (!isTime(doubleClickWindowMs)) throw new UnknownRules(version, 'doubleClickWindowMs');
  if (viewWaitMs !== null && !isTime(viewWaitMs, LONGEST_WAIT_MS))
    throw new UnknownRules(version, 'viewWaitMs');
  return {
    version,
    refuse: new Set(refuse),
    doubleClickWindowMs,
    viewerRates: rates,
    viewWaitMs: viewWaitMs ?? undefined,
  };
}

/** A version of the rules that this program cannot apply. */
export class UnknownRules extends Error {
  constructor(version: number, field: string) {
    super(`Version ${version} of the rules says something unknown in "${field}".`);
  }
}

function isTrait(value: unknown): value is Trait {
  return typeof value === 'string' && Object.hasOwn(TRAITS, value);
}

function isRate(value: unknown): value is ViewerRate {
  const rate = value as Partial<ViewerRate> | null;
  return isTime(rate?.windowMs) && isTime(rate?.most);
}

const LONGEST_MS = 86_400_000;
/** As long as a queue can delay a message. */
const LONGEST_WAIT_MS = 900_000;

function isTime(value: unknown, mostMs = LONGEST_MS): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= mostMs;
}
