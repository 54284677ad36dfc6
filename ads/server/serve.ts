import type { CampaignStates } from './campaign-states.ts';
import type { Catalogue, Offer } from './catalogue.ts';
import type { Families } from './families.ts';
import type { TokenKey } from './key-ring.ts';
import { signToken } from './token.ts';
import { uuid7 } from './uuid7.ts';

/** An ad as a page gets it. */
export interface ServedAd {
  readonly impression_id: string;
  readonly ad_id: number;
  readonly headline: string;
  readonly click_url: string;
  /** To be requested when the ad comes into view. */
  readonly view_url: string;
  /** For a page that puts it in as it is. */
  readonly html: string;
}

/** Who asks, and with what the answer is made. */
export interface ServeRequest {
  readonly publisherId: number;
  /** 0: none was named. */
  readonly placementId: number;
  /** Where the click will come in, without a slash at the end. */
  readonly origin: string;
  readonly nowMs: number;
  readonly key: TokenKey;
  /** From 0 up to 1: which of the offers. */
  readonly chance: number;
  readonly families: Partial<Families>;
}

/** Chooses an ad and fixes its price in a signed link; undefined when there is none to show. */
export function serveAd(
  { catalogue, states }: { readonly catalogue: Catalogue; readonly states: CampaignStates },
  request: ServeRequest,
): ServedAd | undefined {
  const offers = catalogue.offers.filter(({ campaignId }) => !states.isStopped(campaignId));
  const offer = offers[Math.floor(request.chance * offers.length)];
  return offer === undefined ? undefined : served(offer, request);
}

/** The ad as a document of its own, for a frame. */
export function pageOf(ad: ServedAd): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Advertisement</title><base target="_blank">${ad.html}</html>\n`;
}

function served(offer: Offer, request: ServeRequest): ServedAd {
  const { adId, campaignId, advertiserId, headline, target, priceMicros } = offer;
  const { publisherId, placementId, nowMs, key, origin, families } = request;
  const impressionId = uuid7(nowMs);
  const claims = {
    ...{ impressionId, adId, campaignId, advertiserId, publisherId, priceMicros, target },
    ...{ servedAtMs: nowMs, placementId, ...families },
  };
  const token = signToken(claims, key);
  const [clickUrl, viewUrl] = [`${origin}/click/${token}`, `${origin}/view/${token}`];
  return {
    impression_id: impressionId,
    ad_id: adId,
    headline,
    click_url: clickUrl,
    view_url: viewUrl,
    html:
      `<a href="${escaped(clickUrl)}" rel="nofollow noopener sponsored">${escaped(headline)}</a>` +
      `<img src="${escaped(viewUrl)}" alt="" width="1" height="1" loading="lazy" referrerpolicy="no-referrer">`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
