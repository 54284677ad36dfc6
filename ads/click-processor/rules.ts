import { isbot } from 'isbot';
import type { Click } from './click.ts';

/** Stored with every verdict, so that a later rule can be compared with what this one said. */
export const RULES_VERSION = 1;

/** A second click of the same viewer on the same ad within this time is the second half of a double-click. */
export const DOUBLE_CLICK_WINDOW_MS = 30_000;

/** Why a click is not a click that anybody pays for. */
export type InvalidReason =
  | 'malformed'
  | 'forged'
  | 'expired'
  | 'prefetch'
  | 'head'
  | 'no-agent'
  | 'bot'
  | 'data-centre'
  | 'double-click'
  | 'repeated-impression'
  | 'unknown-campaign';

/** Why a real click costs the advertiser nothing. */
export type FreeReason = 'ended' | 'unfunded';

/** Every click lands in exactly one of these. */
export type Verdict =
  | { readonly kind: 'billed' }
  | { readonly kind: 'free'; readonly reason: FreeReason }
  | { readonly kind: 'invalid'; readonly reason: InvalidReason };

/** What the click itself shows against it, whatever else is known; undefined if nothing. */
export function invalidByItself(click: Click): InvalidReason | undefined {
  if (click.token !== 'ok') return click.token;
  if (click.prefetch) return 'prefetch';
  if (click.method === 'HEAD') return 'head';
  if (click.agent.trim() === '') return 'no-agent';
  if (isbot(click.agent)) return 'bot';
  if (click.addressClass === 'data-centre') return 'data-centre';
  return undefined;
}
