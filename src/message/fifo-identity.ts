import { hash } from 'node:crypto';
import type { MessageId } from '../base/ids.ts';

/**
 * The id of the message at a place of a FIFO queue: a UUID that follows from the queue's seed and the place, so that the
 * answer to a duplicate needs no memory of its original's id.
 */
export function fifoMessageId(seed: string, order: number): MessageId {
  const hex = hash('sha1', `${seed}:${order}`);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return `${parts.join('-')}-${hex.slice(20, 32)}` as MessageId;
}

/** The sequence number of the message at a place: 20 digits that rise with the place. */
export function sequenceNumber(order: number): string {
  return String(order).padStart(20, '0');
}
