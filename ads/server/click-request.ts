import type { IncomingMessage } from 'node:http';
import { CLICK_LIMITS, type Served } from '../click-processor/click.ts';
import { clientAddress, viewerOf } from './address.ts';
import type { UnnumberedClick } from './click-channel.ts';
import type { DataCentres } from './data-centres.ts';
import type { TokenClaims, TokenReading } from './token.ts';
import { uuid7 } from './uuid7.ts';

const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/** What a click is made of, besides the request. */
export interface ClickCircumstances {
  readonly reading: TokenReading;
  readonly nowMs: number;
  readonly salt: string;
  readonly dataCentres: DataCentres;
}

/** True when a browser only looks ahead (prefetch, prerender, preview): nobody has clicked. */
export function isPrefetch(request: IncomingMessage): boolean {
  return PREFETCH_HEADERS.some((name) =>
    /prefetch|prerender|preview/i.test(String(request.headers[name] ?? '')),
  );
}

/** The click of a request, without anything that tells who the viewer is. */
export function clickOf(request: IncomingMessage, circumstances: ClickCircumstances): UnnumberedClick {
  const { reading, nowMs, salt, dataCentres } = circumstances;
  const address = clientAddress(request);
  const viewer = viewerOf(address, salt);
  return {
    clickId: uuid7(nowMs),
    clickedAtMs: nowMs,
    token: reading.kind,
    ...('claims' in reading ? { served: servedOf(reading.claims) } : {}),
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    prefetch: isPrefetch(request),
    network: viewer.network,
    addressHash: viewer.hash,
    addressClass: dataCentres.classify(address),
    agent: (request.headers['user-agent'] ?? '').slice(0, CLICK_LIMITS.agent).toWellFormed(),
    referrerHost: hostOf(request.headers.referer),
  };
}

function servedOf({ target: _, ...served }: TokenClaims): Served {
  return served;
}

function hostOf(referrer: string | undefined): string {
  return (URL.parse(referrer ?? '')?.hostname ?? '').slice(0, CLICK_LIMITS.host);
}
