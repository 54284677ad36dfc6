import { randomBytes } from 'node:crypto';

/** A key that click tokens are signed with. */
export interface TokenKey {
  readonly id: string;
  /** Base64url of 32 random bytes. */
  readonly secret: string;
  readonly madeAtMs: number;
}

/** The newest key signs; the older ones still check tokens that are under way. */
export interface KeyRing {
  readonly keys: readonly TokenKey[];
}

/** A key signs for this long, then the next one takes over. */
export const KEY_LIFE_MS = 7 * 86_400_000;

/** The ring as it should be at `nowMs`: a fresh key in front when the newest is old, and none that no living token needs. */
export function rotated(ring: KeyRing, nowMs: number, tokenLifeMs: number): KeyRing {
  const needed = ring.keys.filter((key) => nowMs - key.madeAtMs <= KEY_LIFE_MS + tokenLifeMs);
  const newest = needed[0];
  if (newest !== undefined && nowMs - newest.madeAtMs < KEY_LIFE_MS) return { keys: needed };
  return { keys: [newKey(nowMs), ...needed] };
}

function newKey(nowMs: number): TokenKey {
  return {
    id: randomBytes(4).toString('hex'),
    secret: randomBytes(32).toString('base64url'),
    madeAtMs: nowMs,
  };
}
