import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { functionKeyText, type FunctionKey } from './function.ts';
import type { NamedRecords } from './named-records.ts';
import type { Turns } from './turns.ts';
import { freeUrlAddress } from './url-address.ts';

/** Which pages of other origins may call a URL, and what of its answers they may see. */
export interface Cors {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeS?: number;
}

/** What the owner of a URL may choose. */
export interface FunctionUrlSettings {
  /** `NONE`: whoever knows the URL may call it; `AWS_IAM`: requests must be signed. */
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  /** Not given: no page of another origin may call it. */
  readonly cors?: Cors;
}

/** An HTTP address of a function, or of one of its aliases. */
export interface FunctionUrl {
  readonly function: FunctionKey;
  /** The alias; `$LATEST` where none was named. */
  readonly name: string;
  /** 32 letters and digits that nobody guesses; never given again. */
  readonly id: string;
  /** An address of the loopback network that no other URL has: a name of its own on this machine. */
  readonly address: string;
  readonly settings: FunctionUrlSettings;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Why no URL was made. */
export type NoFunctionUrl = { readonly kind: 'no-such-function' } | { readonly kind: 'url-exists' };

/** What {@link FunctionUrls} works with; the turns are those of the functions. */
export interface FunctionUrlsParts {
  readonly records: NamedRecords<FunctionUrl>;
  readonly turns: Turns;
  readonly random: Random;
  /** True when the function has this alias, or is there itself (`$LATEST`). */
  readonly isThere: (key: FunctionKey, name: string) => boolean;
}

/** So many cost nothing. */
const FEW_PLACES = 1000;

type Place = Pick<FunctionUrl, 'function' | 'name'>;

/** URLs of functions, as catalog records. Every answer means synced to disk. */
export class FunctionUrls {
  readonly #parts: FunctionUrlsParts;
  /** Where to look for a URL by its id or its address; whether it is there still is found out by looking. */
  readonly #places = new Map<string, Place>();
  /** When it is time to look for those that are gone. */
  #mostPlaces = FEW_PLACES;

  constructor(parts: FunctionUrlsParts) {
    this.#parts = parts;
    for (const url of parts.records.all()) this.#remember(url);
  }

  get(key: FunctionKey, name: string): FunctionUrl | undefined {
    return this.#parts.records.get(key, name);
  }

  /** Those of a function, by alias. */
  of(key: FunctionKey): readonly FunctionUrl[] {
    return this.#parts.records.of(key);
  }

  /** Those of all functions. */
  all(): readonly FunctionUrl[] {
    return this.#parts.records.all();
  }

  /** The URL with this id or address. */
  find(idOrAddress: string): FunctionUrl | undefined {
    const place = this.#places.get(idOrAddress);
    const url = place && this.get(place.function, place.name);
    return url?.id === idOrAddress || url?.address === idOrAddress ? url : undefined;
  }

  create(
    place: Place,
    settings: FunctionUrlSettings,
    nowMs: number,
  ): Promise<Result<FunctionUrl, NoFunctionUrl>> {
    const { function: key, name } = place;
    return this.#parts.turns.take(functionKeyText(key), async () => {
      if (!this.#parts.isThere(key, name)) return failed({ kind: 'no-such-function' });
      if (this.get(key, name) !== undefined) return failed({ kind: 'url-exists' });
      const { account, region, name: functionName } = key;
      const { random } = this.#parts;
      const url = {
        ...{ function: { account, region, name: functionName }, name, settings },
        id: freshId(random),
        address: freeUrlAddress(random, (address) => this.#places.has(address)),
        ...{ createdAtMs: nowMs, modifiedAtMs: nowMs },
      };
      // Its address is taken before it is durable: another function may be given a URL at this moment.
      this.#remember(url);
      return ok(await this.#put(url));
    });
  }

  /** What `change` makes of the settings holds from now on; undefined when there is no URL. */
  change(
    { function: key, name }: Place,
    change: (before: FunctionUrlSettings) => FunctionUrlSettings,
    nowMs: number,
  ): Promise<FunctionUrl | undefined> {
    return this.#parts.turns.take(functionKeyText(key), async () => {
      const before = this.get(key, name);
      if (before === undefined) return undefined;
      return this.#put({ ...before, settings: change(before.settings), modifiedAtMs: nowMs });
    });
  }

  /** False when there was none. */
  delete({ function: key, name }: Place): Promise<boolean> {
    return this.#parts.turns.take(functionKeyText(key), async () => {
      const found = this.get(key, name);
      if (found !== undefined) await this.#parts.records.remove(found);
      return found !== undefined;
    });
  }

  async #put(url: FunctionUrl): Promise<FunctionUrl> {
    await this.#parts.records.put(url);
    this.#remember(url);
    return url;
  }

  #remember({ id, address, function: key, name }: FunctionUrl): void {
    if (this.#places.size >= this.#mostPlaces) this.#forgetGone();
    this.#places.set(id, { function: key, name });
    this.#places.set(address, { function: key, name });
  }

  /** URLs go with their functions and aliases, of which nobody tells. */
  #forgetGone(): void {
    for (const text of this.#places.keys()) if (this.find(text) === undefined) this.#places.delete(text);
    this.#mostPlaces = 2 * this.#places.size + FEW_PLACES;
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** 32 letters and digits: 160 bits of chance. */
function freshId(random: Random): string {
  return Array.from(random.bytes(32), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
