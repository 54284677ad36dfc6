import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { targetArn, type FunctionRecord, type FunctionTarget } from '../../function/function.ts';

/** How long a link to a function's code works (AWS: ten minutes). */
const LINK_LIFETIME_MS = 600_000;

/** The paths of these links. */
const LINK_PATH = /^\/2015-03-31\/functions\/[^/]+\/code\.zip$/;

/** True for a request of such a link, whose token {@link CodeLinks.check} judges. */
export function isCodeLink(head: { readonly method: string; readonly path: string }): boolean {
  return head.method === 'GET' && LINK_PATH.test(head.path);
}

/** Makes and checks the links by which a function's zip is fetched; they end with this run of the platform. */
export class CodeLinks {
  readonly #clock: Clock;
  readonly #secret: Uint8Array;

  constructor(parts: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = parts.clock;
    this.#secret = parts.random.bytes(32);
  }

  /** The path and query of a link to the code of a function or version. */
  make({ key, version }: Pick<FunctionRecord, 'key' | 'version'>): string {
    const expires = String(Math.floor(this.#clock.nowMs() + LINK_LIFETIME_MS));
    const token = this.#token({ ...key, qualifier: version }, expires).toString('hex');
    const { account, region } = key;
    const query = new URLSearchParams({ account, region, version, expires, token });
    return `/2015-03-31/functions/${encodeURIComponent(key.name)}/code.zip?${query.toString()}`;
  }

  /** The function that a link is for; undefined when it was not made here or has expired. */
  check(name: string, query: URLSearchParams): FunctionTarget | undefined {
    const of = (parameter: string): string => query.get(parameter) ?? '';
    const target = { account: of('account'), region: of('region'), name, qualifier: of('version') };
    const wanted = this.#token(target, of('expires'));
    const given = Buffer.from(of('token'), 'hex');
    const genuine = given.length === wanted.length && timingSafeEqual(given, wanted);
    return genuine && Number(of('expires')) >= this.#clock.nowMs() ? target : undefined;
  }

  #token(target: FunctionTarget, expires: string): Buffer {
    return createHmac('sha256', this.#secret)
      .update(`${targetArn(target)}\n${expires}`)
      .digest();
  }
}
