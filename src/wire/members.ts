import { RestError } from './rest-protocol.ts';

/** What a text member must satisfy, in the words of the service model. */
export interface TextRule {
  readonly required?: boolean;
  readonly least?: number;
  readonly most?: number;
  /** `source` is how the error spells it. */
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
}

/** Bounds of a whole number, both included. */
export interface NumberRule {
  readonly required?: boolean;
  readonly least: number;
  readonly most: number;
}

/** How deep members are looked into for whether they say anything. */
const DEEPEST_MEMBER = 20;

/** How many items a list may have, and what each of them must satisfy. */
export interface ListRule {
  readonly required?: boolean;
  readonly least?: number;
  readonly most?: number;
  readonly item?: TextRule;
  /** The service model says of the items that they are not null, and its errors say it too. */
  readonly solid?: boolean;
}

/**
 * Reads the members of a request one by one and gathers what AWS would object to, so that one error names
 * everything: `2 validation errors detected: Value '0' at 'timeout' failed to satisfy constraint: …`.
 * A member of the wrong JSON type is an error at once, as with AWS. `null` counts as absent.
 */
export class Members {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #prefix: string;
  readonly #broken: string[];

  constructor(source: Readonly<Record<string, unknown>>, prefix = '', broken: string[] = []) {
    this.#source = source;
    this.#prefix = prefix;
    this.#broken = broken;
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw wrongType(value, 'String');
    for (const constraint of broken(value, rule)) this.#broke(`'${value}'`, name, constraint);
    return value;
  }

  whole(name: string, rule: NumberRule): number | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(value, 'Integer');
    if (value < rule.least) {
      this.#broke(`'${value}'`, name, `Member must have value greater than or equal to ${rule.least}`);
    }
    if (value > rule.most) {
      this.#broke(`'${value}'`, name, `Member must have value less than or equal to ${rule.most}`);
    }
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.#of(name);
    if (value !== undefined && typeof value !== 'boolean') throw wrongType(value, 'Boolean');
    return value;
  }

  numberMap(name: string): Readonly<Record<string, number>> | undefined {
    const value = this.#of(name);
    if (value === undefined) return undefined;
    for (const number of Object.values(asObject(value))) {
      if (typeof number !== 'number') throw wrongType(number, 'Double');
    }
    return value as Record<string, number>;
  }

  /** The members of a nested structure. What they break is gathered with the rest. */
  structure(name: string): Members | undefined {
    const value = this.#of(name);
    if (value === undefined) return undefined;
    return new Members(asObject(value), `${this.#prefix}${lowerFirst(name)}.`, this.#broken);
  }

  /** The members of each structure of a list. What they break is gathered with the rest. */
  structures(name: string): readonly Members[] | undefined {
    const value = this.#of(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrongType(value, 'List');
    return value.map(
      (each, at) =>
        new Members(asObject(each), `${this.#prefix}${lowerFirst(name)}.${at + 1}.member.`, this.#broken),
    );
  }

  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#of(name);
    if (value === undefined) return undefined;
    for (const text of Object.values(asObject(value))) {
      if (typeof text !== 'string') throw wrongType(text, 'String');
    }
    return value as Record<string, string>;
  }

  textList(
    name: string,
    { item: itemRule = {}, solid, ...rule }: ListRule = {},
  ): readonly string[] | undefined {
    const value = this.#given(name, rule);
    if (value === undefined) return undefined;
    const list = asTexts(value);
    // One error for all items: each repeats the list.
    const wrong = [...new Set(list.flatMap((item) => broken(item, itemRule)))];
    const all = solid === true ? [...wrong, 'Member must not be null'] : wrong;
    const ofItems = wrong.length === 0 ? [] : [`Member must satisfy constraint: [${all.join(', ')}]`];
    for (const constraint of [...brokenLength(list.length, rule), ...ofItems])
      this.#broke(`'[${list.join(', ')}]'`, name, constraint);
    return list;
  }

  /** True when the member is there and says anything: not null, not an empty text, list or object. */
  says(name: string): boolean {
    const value = this.#of(name);
    if (value === undefined) return false;
    return !isBlank(value);
  }

  /** Notes that a member is not there, though it must be. */
  missing(name: string): void {
    this.#broke('null', name, 'Member must not be null');
  }

  /** Ends the reading: an error that names every broken constraint, if there are any. */
  end(): void {
    if (this.#broken.length === 0) return;
    const errors = this.#broken.length === 1 ? 'validation error' : 'validation errors';
    throw new RestError(
      400,
      'ValidationException',
      `${this.#broken.length} ${errors} detected: ${this.#broken.join('; ')}`,
    );
  }

  #given(name: string, rule: { readonly required?: boolean }): unknown {
    const value = this.#of(name);
    if (value === undefined && rule.required === true) this.missing(name);
    return value;
  }

  #broke(value: string, name: string, constraint: string): void {
    const at = `${this.#prefix}${lowerFirst(name)}`;
    this.#broken.push(`Value ${value} at '${at}' failed to satisfy constraint: ${constraint}`);
  }

  #of(name: string): unknown {
    return Object.hasOwn(this.#source, name) ? (this.#source[name] ?? undefined) : undefined;
  }
}

/** What of a rule a text breaks, in the words of AWS. */
function broken(value: string, rule: TextRule): readonly string[] {
  const found = [...brokenLength(value.length, rule)];
  if (rule.pattern !== undefined && !rule.pattern.test(value)) {
    found.push(`Member must satisfy regular expression pattern: ${spelled(rule.pattern)}`);
  }
  if (rule.values !== undefined && !rule.values.includes(value)) {
    found.push(`Member must satisfy enum value set: [${rule.values.join(', ')}]`);
  }
  return found;
}

/** As the service model has it: without the anchors, and without what JavaScript escapes. */
function spelled({ source }: RegExp): string {
  return source.replace(/^\^|\$$/g, '').replaceAll('\\/', '/');
}

function brokenLength(
  length: number,
  { least = 0, most = Infinity }: Omit<ListRule, 'item'>,
): readonly string[] {
  if (length < least) return [`Member must have length greater than or equal to ${least}`];
  return length > most ? [`Member must have length less than or equal to ${most}`] : [];
}

/** What is nested deeper than any member of AWS is not blank. */
function isBlank(value: unknown, depth = 0): boolean {
  if (value === null || value === '' || value === false) return true;
  if (typeof value !== 'object' || depth > DEEPEST_MEMBER) return false;
  return Object.values(value).every((inner) => isBlank(inner, depth + 1));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, 'Map');
  return value as Record<string, unknown>;
}

function asTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw wrongType(value, 'List');
  const other = (value as readonly unknown[]).find((item) => typeof item !== 'string');
  if (other !== undefined) throw wrongType(other, 'String');
  return value as readonly string[];
}

function wrongType(value: unknown, wanted: string): RestError {
  const given = value === null ? 'NULL' : Array.isArray(value) ? 'LIST' : typeof value;
  return new RestError(
    400,
    'SerializationException',
    `${given.toUpperCase()}_VALUE can not be converted to ${article(wanted)} ${wanted}`,
  );
}

function article(word: string): string {
  return /^[AEIOU]/.test(word) ? 'an' : 'a';
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
