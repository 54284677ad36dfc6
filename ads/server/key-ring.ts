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

/**
 * A key that signs no more is kept for this long. Its tokens are billable only as long as tokens live; after that
 * the link of an old page still leads where it should.
 */
export const KEY_KEPT_MS = 30 * 86_400_000;

/** The ring as it should be at `nowMs`: a fresh key in front when the newest is old, and none that no link needs. */
export function rotated(ring: KeyRing, nowMs: number): KeyRing {
  const [newest] = ring.keys;
  if (newest !== undefined && nowMs - newest.madeAtMs < KEY_LIFE_MS) return kept(ring, nowMs);
  return withNewKey(ring, nowMs);
}

/** The ring with a fresh key in front, however young the newest is. */
export function withNewKey(ring: KeyRing, nowMs: number): KeyRing {
  return { keys: [newKey(nowMs), ...kept(ring, nowMs).keys] };
}

/** A key signed until the next newer one was made. */
function kept(ring: KeyRing, nowMs: number): KeyRing {
  const isNeeded = (_: TokenKey, index: number): boolean => {
    const newer = ring.keys[index - 1];
    return newer === undefined || nowMs - newer.madeAtMs <= KEY_KEPT_MS;
  };
  return { keys: ring.keys.filter(isNeeded) };
}

function newKey(nowMs: number): TokenKey {
  return {
    id: randomBytes(4).toString('hex'),
    secret: randomBytes(32).toString('base64url'),
    madeAtMs: nowMs,
  };
}
