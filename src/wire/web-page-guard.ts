import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { RequestHead } from './door.ts';
import type { Refusal } from './errors.ts';
import { isForm } from './form.ts';

const AWS_ENDPOINT =
  /^(?:(?:sqs|lambda|sts)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?|(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?queue)\.amazonaws\.com$/;

const LOOPBACK_NAME = 'localhost.localstack.cloud';

/** Hosts kept at a time; with signatures any name leads here, of any length that a head may have. */
const KEPT_HOSTS = 100;

/** Under which names this server may be reached. */
export interface GuardParts {
  /** The address listened on; `0.0.0.0` and `::` stand for every address. */
  readonly listenAddress: string;
  /** Further names that lead here: `queues.example.com`. */
  readonly publicNames?: readonly string[];
  /** True when every request must be signed: no page can sign, and each signature covers the name that was asked. */
  readonly isSigned?: boolean;
}

/**
 * Refuses what a web page of somebody else makes a browser send here. A browser says so itself by Origin (with every
 * form that is posted) and Sec-Fetch-Site (also with an image or a link), older ones by Referer; a page whose own name was pointed at this address (DNS rebinding) shows by its foreign Host;
 * and an action in X-Amz-Target, which no page can send without being asked first, comes with the content type of its protocol.
 */
export class WebPageGuard {
  readonly #names: ReadonlySet<string>;
  readonly #anyAddress: boolean;
  readonly #anyName: boolean;
  /** Hosts that were found to be names of this server: every request says one, and nearly all the same. */
  readonly #ownHosts = new Set<string>();

  constructor({ listenAddress, publicNames = [], isSigned = false }: GuardParts) {
    this.#names = new Set(
      ['localhost', '::1', listenAddress, ...publicNames].map((name) => name.toLowerCase()),
    );
    this.#anyName = isSigned;
    this.#anyAddress = listenAddress === '0.0.0.0' || listenAddress === '::';
  }

  /** Why the request is refused; undefined when no web page made it. */
  refuses(head: RequestHead): Refusal | undefined {
    const why = this.#foreign(head);
    return why === undefined ? undefined : { kind: 'web-page', why };
  }

  #foreign({ headers }: RequestHead): string | undefined {
    const { host, origin, referer, 'sec-fetch-site': site, 'x-amz-target': target } = headers;
    if (host !== undefined && !this.#ownHosts.has(host) && !this.#isOwnHost(host)) {
      return `The host "${host.slice(0, 100)}" is not a name of this server: use localhost or its address.`;
    }
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      return `A web page of ${origin.slice(0, 100)} may not use this server.`;
    }
    if (referer !== undefined && !isPageOf(host, referer)) {
      return 'A web page of another site may not use this server.';
    }
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return 'A web page of another site may not use this server.';
    }
    if (target !== undefined && !isJson(headers) && !isForm({ headers })) {
      return 'An action in X-Amz-Target needs Content-Type: application/x-amz-json-1.0.';
    }
    return undefined;
  }

  #isOwnHost(host: string): boolean {
    if (!this.#isOwn(hostName(host))) return false;
    if (this.#ownHosts.size >= KEPT_HOSTS) this.#ownHosts.clear();
    this.#ownHosts.add(host);
    return true;
  }

  #isOwn(name: string): boolean {
    if (this.#anyName || this.#names.has(name) || isOfThisMachine(name)) return true;
    return isEndpointOfOthers(name) || (this.#anyAddress && (isIPv4(name) || isIPv6(name)));
  }
}

/** The content types of AWS's protocols, and that of JSON in general: a page is asked first before it may send them. */
function isJson(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'] ?? '';
  return type.startsWith('application/x-amz-json-') || type.startsWith('application/json');
}

/**
 * Names in the settings of clients that were made for others: AWS's own endpoints, which a proxy or an entry in the hosts file
 * leads here, and LocalStack's name for 127.0.0.1. Nobody but their owners can point them elsewhere.
 */
function isEndpointOfOthers(name: string): boolean {
  if (name.endsWith('.amazonaws.com')) return AWS_ENDPOINT.test(name);
  return name === LOOPBACK_NAME || name.endsWith(`.${LOOPBACK_NAME}`);
}

/** True when a Referer is a page that this server gave out. */
function isPageOf(host: string | undefined, referer: string): boolean {
  return host !== undefined && URL.canParse(referer) && new URL(referer).host === host.toLowerCase();
}

/** An address of loopback, or a name below `localhost`, which nobody can point elsewhere (RFC 6761). */
function isOfThisMachine(name: string): boolean {
  return (name.startsWith('127.') && isIPv4(name)) || name.endsWith('.localhost');
}

/** The name or address in a Host header, without port and brackets, in lower case. */
function hostName(host: string): string {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::\d+)?$/.exec(host);
  const name = bracketed?.[1] ?? host.replace(/:\d+$/, '');
  return name.toLowerCase();
}
