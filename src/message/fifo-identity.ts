import { hash } from 'node:crypto';
import type { MessageId } from '../base/ids.ts';

/** The digits that say what kind of UUID it is. */
const VARIANTS = '89ab';

/**
 * The id of the message at a place of a FIFO queue: a UUID that follows from the queue's seed and the place, so that the
 * answer to a duplicate needs no memory of its original's id.
 */
export function fifoMessageId(seed: string, order: number): MessageId {
  const hex = hash('sha1', `${seed}:${order}`);
  const variant = VARIANTS.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  const [third, fourth] = [`4${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${third}-${fourth}-${hex.slice(20, 32)}` as MessageId;
}

/** The sequence number of the message at a place: 20 digits that rise with the place. */
export function sequenceNumber(order: number): string {
  return String(order).padStart(20, '0');
}
