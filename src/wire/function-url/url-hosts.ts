import type { FunctionUrl, FunctionUrls } from '../../function/function-urls.ts';
import { isUrlAddress } from '../../function/url-address.ts';
import type { RequestHead } from '../door.ts';

/** Names below `localhost` lead to this machine, and nobody can point them elsewhere (RFC 6761). */
const LOCAL_DOMAIN = 'localhost';

/** What {@link UrlHosts} works with. */
export interface UrlHostsParts {
  readonly urls: Pick<FunctionUrls, 'find'>;
  /** Below which names of function URLs stand, besides `localhost`. */
  readonly domain?: string | undefined;
}

/** A host as a request names it. */
export interface AskedHost {
  /** Without its port, in lower case. */
  readonly name: string;
  /** The URL that it is of; undefined when there is none (any more). */
  readonly url: FunctionUrl | undefined;
}

/**
 * Knows by the host of a request which function URL it is for: `<id>.lambda-url.<region>.<domain>`, or the URL's own
 * loopback address. Whatever looks like one is never anything else, so that pages of a function are never of one origin with an API.
 */
export class UrlHosts {
  readonly #urls: UrlHostsParts['urls'];
  readonly #domains: readonly string[];

  constructor({ urls, domain }: UrlHostsParts) {
    this.#urls = urls;
    this.#domains = [LOCAL_DOMAIN, ...(domain === undefined ? [] : [domain])];
  }

  /** The host when it is one of function URLs. */
  read({ headers: { host } }: Pick<RequestHead, 'headers'>): AskedHost | undefined {
    if (host === undefined || !mayBeUrl(host)) return undefined;
    const name = host.replace(/:\d*$/, '').toLowerCase();
    if (isUrlAddress(name)) return { name, url: this.#urls.find(name) };
    const domain = this.#domains.find((each) => name.endsWith(`.${each}`));
    if (domain === undefined) return undefined;
    const labels = name.slice(0, -domain.length - 1).split('.');
    if (labels.at(-2) !== 'lambda-url') return undefined;
    const [id = '', , region] = labels;
    const url = labels.length === 3 ? this.#urls.find(id) : undefined;
    return { name, url: url?.id === id && url.function.region === region ? url : undefined };
  }
}

/** Asked of every request of every API: nearly all are told apart without further look. */
function mayBeUrl(host: string): boolean {
  if (host === '127.0.0.1' || host.startsWith('127.0.0.1:')) return false;
  return host.startsWith('127.') || /\.lambda-url\./i.test(host);
}

/** The name of a URL. */
export function urlHostName({ id, function: { region } }: FunctionUrl, domain = LOCAL_DOMAIN): string {
  return `${id}.lambda-url.${region}.${domain}`;
}
