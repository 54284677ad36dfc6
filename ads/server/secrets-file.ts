import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { rotated, withNewKey, type KeyRing, type TokenKey } from './key-ring.ts';
import { exclusively, readPrivate, SecretsUnusable, writePrivate } from './private-file.ts';

/** The salt of one day; thrown away with the day, so that older hashes can be traced back by nobody. */
interface DailySalt {
  /** Days since 1970. */
  readonly day: number;
  readonly value: string;
}

interface Kept {
  readonly ring: KeyRing;
  readonly salt: DailySalt;
}

/** How soon a key that another process made is used here. */
const LOOK_AGAIN_MS = 1000;
const NOTHING: Kept = { ring: { keys: [] }, salt: { day: -1, value: '' } };

/**
 * The secrets of all ad servers that share one file: token keys and the salt of the day. Readable by the owner alone
 * (mode 0600; a file that others may read is refused). What another process writes is seen within a second.
 */
export class SecretsFile {
  readonly #path: string;
  #kept: Kept = NOTHING;
  #writtenAtMs = -1;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Throws SecretsUnusable. */
  constructor(path: string, nowMs: number) {
    this.#path = path;
    this.#current(nowMs);
  }

  /** The keys at `nowMs`, newest first; there is always one. */
  ring(nowMs: number): KeyRing {
    return this.#current(nowMs).ring;
  }

  /** The key that signs at `nowMs`. */
  signingKey(nowMs: number): TokenKey {
    return newestOf(this.#current(nowMs).ring);
  }

  /** The salt of the day of `nowMs`. */
  salt(nowMs: number): string {
    return this.#current(nowMs).salt.value;
  }

  /**
   * Makes a new key at once and answers it. The older ones are still accepted until their tokens expire, unless
   * `revoke` takes them away: then links that they signed are not ours any more.
   */
  rotate(nowMs: number, revoke: boolean): TokenKey {
    return newestOf(
      this.#change(({ ring, salt }) => ({ ring: withNewKey(revoke ? { keys: [] } : ring, nowMs), salt }))
        .ring,
    );
  }

  #current(nowMs: number): Kept {
    const stale = Math.abs(nowMs - this.#lookedAtMs) >= LOOK_AGAIN_MS;
    if (stale) this.#look(nowMs);
    const isDue = needsRenewal(this.#kept, nowMs);
    return isDue ? this.#change((kept) => renewed(kept, nowMs)) : this.#kept;
  }

  #look(nowMs: number): void {
    this.#lookedAtMs = nowMs;
    const writtenAtMs = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
    if (writtenAtMs === this.#writtenAtMs) return;
    this.#kept = readKept(this.#path);
    this.#writtenAtMs = writtenAtMs;
  }

  /** Changes what the file says now, which another process may have written a moment ago. */
  #change(change: (kept: Kept) => Kept): Kept {
    return exclusively(this.#path, () => {
      const present = readKept(this.#path);
      const wanted = change(present);
      if (wanted !== present) writePrivate(this.#path, JSON.stringify(wanted));
      this.#writtenAtMs = statSync(this.#path).mtimeMs;
      return (this.#kept = wanted);
    });
  }
}

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / 86_400_000);
}

function needsRenewal({ ring, salt }: Kept, nowMs: number): boolean {
  return salt.day !== dayOf(nowMs) || ring.keys.length === 0;
}

function renewed(kept: Kept, nowMs: number): Kept {
  if (!needsRenewal(kept, nowMs)) return kept;
  const day = dayOf(nowMs);
  const salt = kept.salt.day === day ? kept.salt : { day, value: randomBytes(32).toString('base64url') };
  return { ring: rotated(kept.ring, nowMs), salt };
}

function newestOf(ring: KeyRing): TokenKey {
  const [newest] = ring.keys;
  if (newest === undefined) throw new Error('The key ring is empty.');
  return newest;
}

function readKept(path: string): Kept {
  const text = readPrivate(path);
  if (text === undefined) return NOTHING;
  const kept = parsed(text);
  if (kept === undefined) throw new SecretsUnusable(`${path} is not a file of secrets: move it away.`);
  return kept;
}

function parsed(text: string): Kept | undefined {
  try {
    const kept = JSON.parse(text) as Partial<Kept> | null;
    const isWhole = Array.isArray(kept?.ring?.keys) && typeof kept.salt?.value === 'string';
    return isWhole ? (kept as Kept) : undefined;
  } catch {
    return undefined;
  }
}
