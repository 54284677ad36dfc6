import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What a hash costs whoever makes it: 32 MiB and three passes, as OWASP recommends for scrypt. */
const COST = { logN: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** The shortest and longest passwords that are taken (in characters; the bound keeps hashing cheap for us). */
export const PASSWORD_LENGTH = { least: 12, most: 200 } as const;

/** A password that is too short or too long. */
export class UnfitPassword extends Error {}

/** What is kept of a password: `scrypt$logN$r$p$salt$hash`, so that costs can rise later. Rejects with UnfitPassword. */
export async function hashPassword(password: string): Promise<string> {
  const { least, most } = PASSWORD_LENGTH;
  if (password.length < least || password.length > most)
    throw new UnfitPassword(`A password has ${least} to ${most} characters.`);
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  const { logN, r, p } = COST;
  return ['scrypt', logN, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether `password` is the one that `kept` was made of. What is not such a text fits no password. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [kind, logN, r, p, salt, hash] = kept.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
  if (password.length > PASSWORD_LENGTH.most) return false;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const expected = Buffer.from(hash, 'base64url');
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** NFKC: the same password typed on another keyboard is the same. */
function derive(password: string, salt: Buffer, { logN, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}
