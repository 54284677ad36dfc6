import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeClick } from '../click-processor/click-message.ts';
import { clientAddress, viewerOf } from './address.ts';
import { answer, answerPage } from './answer.ts';
import { clickOf, isPrefetch } from './click-request.ts';
import type { Doorway } from './doorway.ts';
import { isInsider } from './insider.ts';
import { readToken, type TokenReading } from './token.ts';
import { targetFor } from './target.ts';

/** Answers a request for a link: a redirect goes out when its click is durable, never before. */
export async function answerClick(
  { options, tally, flood }: Doorway,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const { secrets, dataCentres, clicks } = options;
  const nowMs = options.now();
  const address = clientAddress(request, options.proxies);
  const viewer = viewerOf(address, secrets.salt(nowMs));
  if (address?.range() !== 'loopback' && flood.isFlood(viewer.hash, nowMs)) {
    tally.floods += 1;
    const tooMany = 'This address has asked for very many links. Please wait a moment.';
    return answerPage(response, 429, 'Too many requests', tooMany, { 'Retry-After': '10' });
  }
  const ring = secrets.ring(nowMs);
  const reading = readToken(token, ring, nowMs);
  const insider = isInsider(request, ring, nowMs);
  const click = clickOf(request, { reading, nowMs, address, viewer, dataCentres, insider });
  const outcome = await clicks.post((serverId, seq) => encodeClick({ ...click, serverId, seq }));
  if (outcome === 'spooled') tally.spooled += 1;
  if (outcome === 'posted' || outcome === 'spooled') {
    if (!isPrefetch(request)) return answerDurable(tally, response, reading, click.clickId);
    tally.prefetches += 1;
    return answer(response, 503, {});
  }
  tally.unavailable += 1;
  const sorry = 'This link does not work just now. Please try again.';
  answerPage(response, 503, 'One moment please', sorry, { 'Retry-After': '1' });
}

function answerDurable(
  tally: Doorway['tally'],
  response: ServerResponse,
  reading: TokenReading,
  clickId: string,
): void {
  if ('claims' in reading) {
    tally.answered += 1;
    return answer(response, 302, { Location: targetFor(reading.claims.target, clickId) });
  }
  tally.notOurs += 1;
  const sentence = 'It is incomplete, or it was not made by us.';
  answerPage(response, 404, 'This link is not valid', sentence);
}
