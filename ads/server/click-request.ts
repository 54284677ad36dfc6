import type { IncomingMessage } from 'node:http';
import { CLICK_LIMITS, type Click, type Served } from '../click-processor/click.ts';
import type { Address, Viewer } from './address.ts';
import type { DataCentres } from './data-centres.ts';
import { familiesOf } from './families.ts';
import type { TokenClaims, TokenReading } from './token.ts';
import { uuid7 } from './uuid7.ts';

const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/** A click before it has its number. */
export type UnnumberedClick = Omit<Click, 'serverId' | 'seq'>;

/** What a click is made of, besides the request. */
export interface ClickCircumstances {
  readonly reading: TokenReading;
  readonly nowMs: number;
  readonly address: Address | undefined;
  readonly viewer: Viewer;
  readonly dataCentres: DataCentres;
  readonly insider: boolean;
}

/** True when a browser only looks ahead (prefetch, prerender, preview): nobody has clicked. */
export function isPrefetch(request: IncomingMessage): boolean {
  return PREFETCH_HEADERS.some((name) =>
    /prefetch|prerender|preview/i.test(String(request.headers[name] ?? '')),
  );
}

/** The user agent as it is kept: cut, and without what a database does not take. */
export function agentOf(request: IncomingMessage): string {
  return (request.headers['user-agent'] ?? '').slice(0, CLICK_LIMITS.agent).toWellFormed();
}

/** The click of a request, without anything that tells who the viewer is. */
export function clickOf(request: IncomingMessage, circumstances: ClickCircumstances): UnnumberedClick {
  const { reading, nowMs, address, viewer, dataCentres, insider } = circumstances;
  const agent = agentOf(request);
  return {
    clickId: uuid7(nowMs),
    clickedAtMs: nowMs,
    token: reading.kind,
    ...('claims' in reading ? { tokenKid: reading.kid, served: servedOf(reading.claims) } : {}),
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    prefetch: isPrefetch(request),
    network: viewer.network,
    addressHash: viewer.hash,
    addressClass: dataCentres.classify(address),
    agent,
    ...familiesOf(agent),
    ...(insider ? { insider } : {}),
    referrerHost: hostOf(request.headers.referer),
  };
}

/** What of a token goes into messages: everything but the target. */
export function servedOf({ target: _, ...served }: TokenClaims): Served {
  return served;
}

function hostOf(referrer: string | undefined): string {
  return (URL.parse(referrer ?? '')?.hostname ?? '').slice(0, CLICK_LIMITS.host);
}
