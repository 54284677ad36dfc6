import type { Cors } from '../../function/function-urls.ts';
import type { RequestHead } from '../door.ts';
import { allowsOrigin } from './cors.ts';

/**
 * Why a request that a web page of another origin made is not let in; undefined when it is, or when no such page made it.
 * A page may call a URL whose Cors names its origin, and lead its reader to any (a link): it learns nothing by that.
 */
export function foreignPage(head: RequestHead, cors: Cors | undefined): string | undefined {
  const { origin, referer, host, 'sec-fetch-site': site } = head.headers;
  const from = origin ?? originOfPage(referer);
  const isOwn = from === undefined || from === `http://${host}` || from === `https://${host}`;
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwn && isOwnSite) return undefined;
  if (origin === undefined && isLink(head)) return undefined;
  if (allowsOrigin(cors, from)) return undefined;
  const page = from === undefined ? 'another origin' : from.slice(0, 100);
  return `A web page of ${page} may not call this function: the Cors of its URL does not allow that origin.`;
}

/** The reader goes to another page, which the page that led there cannot look into. */
function isLink({ method, headers }: RequestHead): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  return (method === 'GET' || method === 'HEAD') && mode === 'navigate' && destination === 'document';
}

function originOfPage(referer: string | undefined): string | undefined {
  if (referer === undefined) return undefined;
  return URL.canParse(referer) ? new URL(referer).origin : 'null';
}
