import { bytesOf, NotTheShape, type Input } from './input.ts';

/** The members of a JSON object that nobody has looked at yet. */
type Members = Readonly<Record<string, unknown>>;

/** Reads members of a JSON object; `null` counts as absent. Throws {@link NotTheShape} for a wrong type. */
export class JsonInput implements Input {
  readonly #members: Members;

  constructor(members: Members) {
    this.#members = members;
  }

  hasOnly(names: readonly string[]): boolean {
    return Object.keys(this.#members).every((name) => names.includes(name));
  }

  text(name: string): string | undefined {
    const value = this.#member(name);
    return value === undefined || typeof value === 'string' ? value : wrongType(value, 'a String');
  }

  wholeNumber(name: string): number | undefined {
    const value = this.#member(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number') return wrongType(value, 'an Integer');
    return Number.isSafeInteger(value) ? value : wrongType(value, 'an Integer');
  }

  bytes(name: string): Uint8Array | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : bytesOf(name, text);
  }

  textList(name: string): readonly string[] | undefined {
    return this.#array(name)?.map((value) =>
      typeof value === 'string' ? value : wrongType(value, 'a String'),
    );
  }

  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#member(name);
    if (value === undefined) return undefined;
    const entries = Object.entries(asMembers(value)).filter(([, member]) => member !== null);
    for (const [, member] of entries) if (typeof member !== 'string') wrongType(member, 'a String');
    return Object.fromEntries(entries) as Readonly<Record<string, string>>;
  }

  list(name: string): readonly Input[] | undefined {
    return this.#array(name)?.map((value) => new JsonInput(asMembers(value)));
  }

  map(name: string): readonly (readonly [string, Input])[] | undefined {
    const value = this.#member(name);
    if (value === undefined) return undefined;
    return Object.entries(asMembers(value)).map(([key, member]) => [key, new JsonInput(asMembers(member))]);
  }

  #member(name: string): unknown {
    return this.#members[name] ?? undefined;
  }

  #array(name: string): readonly unknown[] | undefined {
    const value = this.#member(name);
    return value === undefined || Array.isArray(value) ? value : wrongType(value, 'a List');
  }
}

/** Reads a body as the JSON object it should be; an empty body is an empty object. Throws {@link NotTheShape}. */
export function parseJsonObject(text: string): JsonInput {
  if (text === '') return new JsonInput({});
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotTheShape('The request body is not valid JSON');
  }
  return new JsonInput(asMembers(value));
}

function asMembers(value: unknown): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  return wrongType(value, 'a Structure');
}

function wrongType(value: unknown, wanted: string): never {
  throw new NotTheShape(`${typeOf(value)} can not be converted to ${wanted}`);
}

function typeOf(value: unknown): string {
  if (value === null) return 'NULL_VALUE';
  if (Array.isArray(value)) return 'LIST_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return typeof value === 'string' ? 'STRING_VALUE' : 'STRUCTURE_VALUE';
}
