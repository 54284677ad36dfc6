/** Digits and hyphens of a UUID. */
export const UUID_TEXT_BYTES = 36;

/** Bytes that a UUID stands for. */
export const UUID_BYTES = 16;

/** Where the two digits of each byte stand in the text. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** Room for so many UUIDs, their hyphens in place. */
export function blankUuids(count: number): Buffer {
  return Buffer.alloc(count * UUID_TEXT_BYTES, '-');
}

/**
 * Writes a UUID of version 4 at a place of such a room. A text read from there is flat: it costs half of one put together from
 * pieces, which the first that looks at it has to join.
 */
export function writeUuid(byteAt: (at: number) => number, room: Buffer, place: number): void {
  for (let at = 0; at < UUID_BYTES; at += 1) {
    const byte = ofVersion4(byteAt(at), at);
    const to = place + (PLACES[at] ?? 0);
    room[to] = DIGITS[byte >> 4] ?? 0;
    room[to + 1] = DIGITS[byte & 0x0f] ?? 0;
  }
}

/** Two of the bytes say what kind of UUID it is. */
function ofVersion4(byte: number, at: number): number {
  if (at === 6) return (byte & 0x0f) | 0x40;
  return at === 8 ? (byte & 0x3f) | 0x80 : byte;
}
