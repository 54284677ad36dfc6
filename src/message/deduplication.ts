import { hash } from 'node:crypto';

/**
 * 224 bits of a deduplication id within its scope. It is known by the first 96, of which 80 are compared: at 50,000 sends a second two
 * different ids meet within five minutes once in some 50,000 years. The id of its message is made of the rest.
 */
export type DeduplicationKey = Uint32Array;

/** Numbers by which a key is known. */
export const KEY_NUMBERS = 3;

/** Numbers behind them that the id of its message is made of. */
export const ID_NUMBERS = 4;

/** The id that a body stands for when deduplication goes by content: SHA-256 in hex, as SQS says. */
export function contentDeduplicationId(body: string): string {
  return hash('sha256', body);
}

/** The key of a deduplication id; `groupId` when the scope is the message group, unset when it is the queue. */
export function deduplicationKey(id: string, groupId?: string): DeduplicationKey {
  // Neither id contains a space, so that no two pairs of them make the same text.
  const key = digestNumbers(`${groupId ?? ''} ${id}`, KEY_NUMBERS + ID_NUMBERS);
  // Never all zero: that stands for a message without a key.
  key[0] = (key[0] ?? 0) | 1;
  return key;
}

/** The first numbers of a text's SHA-256, of four bytes each, little endian. */
export function digestNumbers(text: string, count: number): Uint32Array {
  // A text of one character a byte costs a third of a buffer.
  const bytes = hash('sha256', text, 'latin1');
  const numbers = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) numbers[at] = numberAt(bytes, at * 4);
  return numbers;
}

function numberAt(bytes: string, at: number): number {
  const upper = (bytes.charCodeAt(at + 3) << 24) | (bytes.charCodeAt(at + 2) << 16);
  return upper | (bytes.charCodeAt(at + 1) << 8) | bytes.charCodeAt(at);
}
