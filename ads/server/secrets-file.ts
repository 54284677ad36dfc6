import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { rotated, type KeyRing } from './key-ring.ts';
import { TOKEN_LIFE_MS } from './token.ts';

/** The salt of one day; thrown away with the day, so that older hashes can be traced back by nobody. */
export interface DailySalt {
  /** Days since 1970. */
  readonly day: number;
  readonly value: string;
}

interface Kept {
  readonly ring: KeyRing;
  readonly salt: DailySalt;
}

/** The secrets of the ad servers that share one file: token keys and the salt of the day. Readable by the owner alone. */
export class SecretsFile {
  readonly #path: string;
  #kept: Kept;

  constructor(path: string, nowMs: number) {
    this.#path = path;
    this.#kept = { ring: { keys: [] }, salt: { day: -1, value: '' } };
    const read = readKept(path);
    if (read !== undefined) this.#kept = read;
    this.#renew(nowMs);
  }

  /** The keys at `nowMs`, newest first; there is always one. */
  ring(nowMs: number): KeyRing {
    this.#renew(nowMs);
    return this.#kept.ring;
  }

  /** The salt of the day of `nowMs`. */
  salt(nowMs: number): string {
    this.#renew(nowMs);
    return this.#kept.salt.value;
  }

  #renew(nowMs: number): void {
    const day = Math.floor(nowMs / 86_400_000);
    const { ring, salt } = this.#kept;
    if (salt.day === day && ring.keys.length > 0) return;
    this.#kept = {
      ring: rotated(ring, nowMs, TOKEN_LIFE_MS),
      salt: salt.day === day ? salt : { day, value: randomBytes(32).toString('base64url') },
    };
    this.#write();
  }

  #write(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#kept), { mode: 0o600 });
    chmodSync(`${this.#path}.new`, 0o600);
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function readKept(path: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The ad server cannot read its secrets in ${path}: ${String(error)}`, { cause: error });
  }
}
