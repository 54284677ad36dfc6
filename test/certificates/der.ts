/*
 * The few forms of DER (ITU-T X.690) of which certificates are made.
 */

/** Things one after the other. */
export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** Things in no order; one, here. */
export function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

/** `[number]`: with a value inside (constructed), or bytes in its place. */
export function contextual(number: number, content: Buffer, isConstructed: boolean): Buffer {
  return tagged((isConstructed ? 0xa0 : 0x80) | number, content);
}

export function wholeNumber(bigEndian: Buffer): Buffer {
  return tagged(0x02, bigEndian);
}

export function truth(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

/** Bits, the last `unused` of which do not count. */
export function bitString(content: Buffer, unused: number): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([unused]), content]));
}

export function text(ascii: string): Buffer {
  return Buffer.from(ascii, 'ascii');
}

/** `YYMMDDHHMMSSZ`. */
export function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

export function objectId(...[first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inSevens)]));
}

/** Seven bits a byte, the high bit set in all but the last. */
function inSevens(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
