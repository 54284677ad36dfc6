/**
 * The members of a request by name, whatever protocol it came in. Absent members are `undefined`.
 * A member of the wrong type refuses the request in the protocol's own way.
 */
export interface Input {
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
