import { randomUUID } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562): ordered by the millisecond `atMs`, random in the rest. The random part is that of a
 * UUID of version 4, which Node makes from a stock of random bytes.
 */
export function uuid7(atMs: number): string {
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
