/** What was read is not what it should be. */
export class Unreadable extends Error {}

/** The members of a JSON object that nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** 9999-12-31: PostgreSQL and JavaScript both reach it. */
const LATEST_MS = 253_402_300_799_000;

/** The members of `value`. Throws Unreadable when it is no object. */
export function object(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable();
  return value as Fields;
}

/** The members of the object that `body` is in JSON; undefined when it is none. */
export function parseObject(body: string): Fields | undefined {
  try {
    return object(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** A text that PostgreSQL can hold: neither NUL nor half a surrogate pair. Throws Unreadable. */
export function text(value: unknown, most: number): string {
  const fits = typeof value === 'string' && value.length <= most;
  if (!fits || value.includes('\0') || !value.isWellFormed()) throw new Unreadable();
  return value;
}

/** A UUID in lower case. Throws Unreadable. */
export function uuid(value: unknown): string {
  if (typeof value !== 'string' || !UUID.test(value)) throw new Unreadable();
  return value;
}

/** A whole number from `least` to `most`. Throws Unreadable. */
export function whole(value: unknown, least: number, most: number): number {
  if (!Number.isSafeInteger(value)) throw new Unreadable();
  const number = value as number;
  if (number < least || number > most) throw new Unreadable();
  return number;
}

/** A number of ours, as tables have them. Throws Unreadable. */
export function id(value: unknown): number {
  return whole(value, 1, 2 ** 31 - 1);
}

/** A moment in milliseconds since 1970. Throws Unreadable. */
export function moment(value: unknown): number {
  return whole(value, 0, LATEST_MS);
}

/** One of the words. Throws Unreadable. */
export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found === undefined) throw new Unreadable();
  return found;
}

/** A field that older senders do not write; what is there must be sound. Throws Unreadable. */
export function optional<K extends string, V>(
  name: K,
  fields: Fields,
  read: (value: unknown) => V,
): Partial<Record<K, V>> {
  const value = fields[name];
  return value === undefined ? {} : ({ [name]: read(value) } as Record<K, V>);
}

/** Reads a text of at most `most` characters. */
export function shortText(most: number): (value: unknown) => string {
  return (value) => text(value, most);
}
