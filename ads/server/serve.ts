import type { Catalogue, Offer } from './catalogue.ts';
import type { TokenKey } from './key-ring.ts';
import { signToken } from './token.ts';
import { uuid7 } from './uuid7.ts';

/** An ad as a page gets it. */
export interface ServedAd {
  readonly impression_id: string;
  readonly ad_id: number;
  readonly headline: string;
  readonly click_url: string;
  /** For a page that puts it in as it is. */
  readonly html: string;
}

/** Who asks, and with what the answer is made. */
export interface ServeRequest {
  readonly publisherId: number;
  /** Where the click will come in, without a slash at the end. */
  readonly origin: string;
  readonly nowMs: number;
  readonly key: TokenKey;
  /** From 0 up to 1: which of the offers. */
  readonly chance: number;
}

/** Chooses an ad and fixes its price in a signed link; undefined when there is none to show. */
export function serveAd(catalogue: Catalogue, request: ServeRequest): ServedAd | undefined {
  const offer = catalogue.offers[Math.floor(request.chance * catalogue.offers.length)];
  return offer === undefined ? undefined : served(offer, request);
}

function served(offer: Offer, request: ServeRequest): ServedAd {
  const { adId, campaignId, advertiserId, headline, target, priceMicros } = offer;
  const { publisherId, nowMs, key, origin } = request;
  const impressionId = uuid7(nowMs);
  const claims = {
    impressionId,
    adId,
    campaignId,
    advertiserId,
    publisherId,
    priceMicros,
    servedAtMs: nowMs,
    target,
  };
  const url = `${origin}/click/${signToken(claims, key)}`;
  return {
    impression_id: impressionId,
    ad_id: adId,
    headline,
    click_url: url,
    html: `<a href="${escaped(url)}" rel="nofollow noopener sponsored">${escaped(headline)}</a>`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
