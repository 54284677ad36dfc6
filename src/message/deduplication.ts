import { hash } from 'node:crypto';

/**
 * 96 bits of a deduplication id within its scope, of which 80 are compared: at 50,000 sends a second two different ids meet within
 * five minutes once in some 50,000 years.
 */
export type DeduplicationKey = Uint32Array;

/** Numbers of one key. */
export const KEY_NUMBERS = 3;

/** The id that a body stands for when deduplication goes by content: SHA-256 in hex, as SQS says. */
export function contentDeduplicationId(body: string): string {
  return hash('sha256', body);
}

/** The key of a deduplication id; `groupId` when the scope is the message group, unset when it is the queue. */
export function deduplicationKey(id: string, groupId?: string): DeduplicationKey {
  // Neither id contains a space, so that no two pairs of them make the same text.
  // A text of one character a byte costs a third of a buffer.
  const bytes = hash('sha256', `${groupId ?? ''} ${id}`, 'latin1');
  const key = new Uint32Array(KEY_NUMBERS);
  // Never all zero: that stands for a message without a key.
  key[0] = numberAt(bytes, 0) | 1;
  key[1] = numberAt(bytes, 4);
  key[2] = numberAt(bytes, 8);
  return key;
}

/** Four bytes, little endian. */
function numberAt(bytes: string, at: number): number {
  const upper = (bytes.charCodeAt(at + 3) << 24) | (bytes.charCodeAt(at + 2) << 16);
  return upper | (bytes.charCodeAt(at + 1) << 8) | bytes.charCodeAt(at);
}
