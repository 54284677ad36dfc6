import type { KeyScope } from './allowed-actions.ts';

/** A key that the operator configured. */
export interface ConfiguredKey {
  readonly secretAccessKey: string;
  readonly scope: KeyScope;
}

/** All configured keys, by access key id. */
export type KeysById = ReadonlyMap<string, ConfiguredKey>;

/** The configured keys that hold at this moment. */
export class ConfiguredKeys {
  #keys: KeysById;

  constructor(keys: KeysById) {
    this.#keys = keys;
  }

  /** The key of this id; undefined when none is configured. */
  find(accessKeyId: string): ConfiguredKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** From now on these keys hold and no others. */
  replace(keys: KeysById): void {
    this.#keys = keys;
  }
}
