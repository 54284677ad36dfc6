import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeView } from '../messages/view.ts';
import { clientAddress, viewerOf } from './address.ts';
import { answer } from './answer.ts';
import { isPrefetch, servedOf } from './click-request.ts';
import type { Doorway } from './doorway.ts';
import { readToken } from './token.ts';

/**
 * Answers the beacon of an ad that is seen: always 204, so that a page shows nothing odd. A view counts when its link
 * is valid, somebody looks, and not very many come from one address.
 */
export async function answerView(
  { options, tally, viewFlood }: Doorway,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const viewedAtMs = options.now();
  const reading = readToken(token, options.secrets.ring(viewedAtMs), viewedAtMs);
  const address = clientAddress(request, options.proxies);
  const { hash } = viewerOf(address, options.secrets.salt(viewedAtMs));
  const isFlood = address?.range() !== 'loopback' && viewFlood.isFlood(hash, viewedAtMs);
  if (reading.kind !== 'ok' || request.method !== 'GET' || isPrefetch(request) || isFlood) {
    tally.otherViews += 1;
    return answer(response, 204, {});
  }
  const view = { ...servedOf(reading.claims), viewedAtMs };
  const outcome = await options.views?.post((serverId, seq) => encodeView({ ...view, serverId, seq }));
  if (outcome === 'refused' || outcome === 'unknown') tally.otherViews += 1;
  else tally.views += 1;
  answer(response, 204, {});
}
