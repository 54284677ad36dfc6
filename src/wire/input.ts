/**
 * The members of a request by name, whatever protocol it came in. Absent members are `undefined`.
 * A member of the wrong type refuses the request: the reader throws {@link NotTheShape}.
 */
export interface Input {
  /** True when no member but these is there: looking for one that is not there costs more than for one that is. */
  hasOnly(names: readonly string[]): boolean;
  text(name: string): string | undefined;
  wholeNumber(name: string): number | undefined;
  /** Bytes that came as base64. */
  bytes(name: string): Uint8Array | undefined;
  textList(name: string): readonly string[] | undefined;
  textMap(name: string): Readonly<Record<string, string>> | undefined;
  /** A list of structures. */
  list(name: string): readonly Input[] | undefined;
  /** A map from text to structures. */
  map(name: string): readonly (readonly [string, Input])[] | undefined;
}

/** Ends the reading of a request that does not have the shape of its action. */
export class NotTheShape extends Error {
  override readonly name = 'NotTheShape';
}

/** The bytes that a member holds as base64. Throws {@link NotTheShape} when it does not. */
export function bytesOf(name: string, text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new NotTheShape(`${name} is not valid base64`);
  }
  return Buffer.from(text, 'base64');
}
