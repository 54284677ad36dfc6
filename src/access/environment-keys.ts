import { Buffer } from 'node:buffer';
import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';

/** What a client signs with: the three variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Whom an environment acts for. */
export interface EnvironmentIdentity {
  readonly account: string;
  readonly region: string;
  readonly environmentId: EnvironmentId;
}

/** A live key: its secrets, and whose it is. */
export interface EnvironmentKey extends Credentials, EnvironmentIdentity {
  readonly issuedAtMs: number;
  /** The trace of the invocation that its environment has run last. */
  readonly trace?: string;
}

/** Keys of execution environments: made at their start, dead with their end, kept in memory only. */
export class EnvironmentKeys {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #byAccessKeyId = new Map<string, EnvironmentKey>();
  readonly #byEnvironment = new Map<EnvironmentId, EnvironmentKey>();

  constructor(parts: { readonly random: Random; readonly clock: Clock }) {
    this.#random = parts.random;
    this.#clock = parts.clock;
  }

  /** Makes the key of an environment; an earlier one of the same environment dies. */
  issue(identity: EnvironmentIdentity): Credentials {
    this.revoke(identity.environmentId);
    const credentials = {
      accessKeyId: `ASIA${this.#text(12, 'hex').toUpperCase().slice(0, 16)}`,
      secretAccessKey: this.#text(30, 'base64'),
      sessionToken: this.#text(48, 'base64'),
    };
    const key = { ...credentials, ...identity, issuedAtMs: this.#clock.nowMs() };
    this.#byAccessKeyId.set(key.accessKeyId, key);
    this.#byEnvironment.set(key.environmentId, key);
    return credentials;
  }

  /** The environment runs an invocation of this trace: what it asks for from now on belongs to it. */
  runs(environmentId: EnvironmentId, trace: string): void {
    const key = this.#byEnvironment.get(environmentId);
    if (key === undefined) return;
    const now = { ...key, trace };
    this.#byEnvironment.set(environmentId, now);
    this.#byAccessKeyId.set(key.accessKeyId, now);
  }

  /** Ends the key of an environment; harmless when it has none. */
  revoke(environmentId: EnvironmentId): void {
    const key = this.#byEnvironment.get(environmentId);
    if (key === undefined) return;
    this.#byEnvironment.delete(environmentId);
    this.#byAccessKeyId.delete(key.accessKeyId);
  }

  /** The live key of this id; undefined when there is none (any more). */
  find(accessKeyId: string): EnvironmentKey | undefined {
    return this.#byAccessKeyId.get(accessKeyId);
  }

  #text(sizeBytes: number, encoding: 'hex' | 'base64'): string {
    return Buffer.from(this.#random.bytes(sizeBytes)).toString(encoding);
  }
}
