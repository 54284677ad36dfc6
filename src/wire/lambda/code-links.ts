import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { targetArn, type FunctionRecord, type FunctionTarget } from '../../function/function.ts';
import { layerVersionArn, type LayerVersion } from '../../function/layer.ts';

/** How long a link to a function's code works (AWS: ten minutes). */
const LINK_LIFETIME_MS = 600_000;

/** The paths of these links. */
const LINK_PATH =
  /^\/(2015-03-31\/functions\/[^/]+\/code|2018-10-31\/layers\/[^/]+\/versions\/\d+\/content)\.zip$/;

/** True for a request of such a link, whose token {@link CodeLinks.check} judges. */
export function isCodeLink(head: { readonly method: string; readonly path: string }): boolean {
  return head.method === 'GET' && LINK_PATH.test(head.path);
}

/** Makes and checks the links by which the zip of a function or layer is fetched; they end with this run of the platform. */
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
    const token = this.#token(targetArn({ ...key, qualifier: version }), expires).toString('hex');
    const { account, region } = key;
    const query = new URLSearchParams({ account, region, version, expires, token });
    return `/2015-03-31/functions/${encodeURIComponent(key.name)}/code.zip?${query.toString()}`;
  }

  /** The function that a link is for; undefined when it was not made here or has expired. */
  check(name: string, query: URLSearchParams): FunctionTarget | undefined {
    const of = (parameter: string): string => query.get(parameter) ?? '';
    const target = { account: of('account'), region: of('region'), name, qualifier: of('version') };
    return this.#isGood(targetArn(target), query) ? target : undefined;
  }

  /** The path and query of a link to the zip of a layer version. */
  makeForLayer(layer: Pick<LayerVersion, 'key' | 'version'>): string {
    const expires = String(Math.floor(this.#clock.nowMs() + LINK_LIFETIME_MS));
    const token = this.#token(layerVersionArn(layer), expires).toString('hex');
    const { account, region, name } = layer.key;
    const query = new URLSearchParams({ account, region, expires, token });
    return `/2018-10-31/layers/${name}/versions/${layer.version}/content.zip?${query.toString()}`;
  }

  /** The layer version that a link is for; undefined when it was not made here or has expired. */
  checkForLayer(
    name: string,
    version: number,
    query: URLSearchParams,
  ): Pick<LayerVersion, 'key' | 'version'> | undefined {
    const key = { account: query.get('account') ?? '', region: query.get('region') ?? '', name };
    return this.#isGood(layerVersionArn({ key, version }), query) ? { key, version } : undefined;
  }

  #isGood(arn: string, query: URLSearchParams): boolean {
    const expires = query.get('expires') ?? '';
    const wanted = this.#token(arn, expires);
    const given = Buffer.from(query.get('token') ?? '', 'hex');
    const genuine = given.length === wanted.length && timingSafeEqual(given, wanted);
    return genuine && Number(expires) >= this.#clock.nowMs();
  }

  #token(arn: string, expires: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${arn}\n${expires}`).digest();
  }
}
