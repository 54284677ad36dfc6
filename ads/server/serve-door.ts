import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, answerJson, answerHtml } from './answer.ts';
import type { CampaignStates } from './campaign-states.ts';
import type { Catalogue } from './catalogue.ts';
import { agentOf } from './click-request.ts';
import type { Doorway } from './doorway.ts';
import { familiesOf, UNKNOWN_FAMILY, type Families } from './families.ts';
import { pageOf, serveAd } from './serve.ts';

/** What there is to show. */
export interface Stock {
  readonly catalogue: Catalogue;
  readonly states: CampaignStates;
  readonly origin: string;
}

/** Pages of other sites ask for ads; they may read the answer, which says nothing about who asks. */
const FOR_ALL_SITES = { 'Access-Control-Allow-Origin': '*' };
const GREATEST_ID = 2 ** 31 - 1;

/** Answers `/serve?publisher=1&placement=2`: an ad in JSON, or with `format=html` as a document for a frame. */
export function answerServe(
  { options, tally }: Doorway,
  stock: Stock,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const asked = new URLSearchParams(request.url?.split('?')[1]);
  const publisherId = idOf(asked.get('publisher') ?? '1');
  const placementId = idOf(asked.get('placement') ?? '0');
  const placements = publisherId === undefined ? undefined : stock.catalogue.publishers.get(publisherId);
  if (publisherId === undefined || placements === undefined)
    return answerJson(response, 404, { error: 'No publisher has this number.' }, FOR_ALL_SITES);
  if (placementId === undefined || (placementId > 0 && !placements.includes(placementId)))
    return answerJson(response, 404, { error: 'This publisher has no such placement.' }, FOR_ALL_SITES);
  const nowMs = options.now();
  const ad = serveAd(stock, {
    ...{ publisherId, placementId, nowMs, chance: options.chance() },
    ...{ origin: stock.origin, key: options.secrets.signingKey(nowMs), families: knownFamilies(request) },
  });
  tally[ad === undefined ? 'nothingToShow' : 'served'] += 1;
  if (ad === undefined) return answer(response, 204, FOR_ALL_SITES);
  if (asked.get('format') === 'html') return answerHtml(response, pageOf(ad), stock.origin);
  answerJson(response, 200, ad, FOR_ALL_SITES);
}

/** A site's own server may ask in the name of a reader: then nothing is said of the browser. */
function knownFamilies(request: IncomingMessage): Partial<Families> {
  const families = familiesOf(agentOf(request));
  const isKnown = Object.values(families).every((family) => family !== UNKNOWN_FAMILY);
  return isKnown ? families : {};
}

function idOf(text: string): number | undefined {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : GREATEST_ID + 1;
  return id <= GREATEST_ID ? id : undefined;
}
