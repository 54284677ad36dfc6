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
  readonly least: number;
  readonly most: number;
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
    const value = this.#of(name);
    if (value === undefined) {
      if (rule.required === true) this.#broke('null', name, 'Member must not be null');
      return undefined;
    }
    if (typeof value !== 'string') throw wrongType(value, 'String');
    this.#checkText(name, value, rule);
    return value;
  }

  whole(name: string, rule: NumberRule): number | undefined {
    const value = this.#of(name);
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

  textList(name: string, rule: TextRule = {}): readonly string[] | undefined {
    const value = this.#of(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrongType(value, 'List');
    for (const item of value as readonly unknown[]) {
      if (typeof item !== 'string') throw wrongType(item, 'String');
      this.#checkText(name, item, rule);
    }
    return value as readonly string[];
  }

  /** True when the member is there and says anything: not null, not an empty text, list or object. */
  says(name: string): boolean {
    const value = this.#of(name);
    if (value === undefined || value === '' || value === false) return false;
    return typeof value !== 'object' || Object.values(value as object).some((inner) => !isBlank(inner));
  }

  /** Notes that a structure is not there, though it must be. */
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

  #checkText(name: string, value: string, rule: TextRule): void {
    const broke = (constraint: string): void => this.#broke(`'${value}'`, name, constraint);
    if (rule.least !== undefined && value.length < rule.least) {
      broke(`Member must have length greater than or equal to ${rule.least}`);
    }
    if (rule.most !== undefined && value.length > rule.most) {
      broke(`Member must have length less than or equal to ${rule.most}`);
    }
    if (rule.pattern !== undefined && !rule.pattern.test(value)) {
      broke(`Member must satisfy regular expression pattern: ${rule.pattern.source.replace(/^\^|\$$/g, '')}`);
    }
    if (rule.values !== undefined && !rule.values.includes(value)) {
      broke(`Member must satisfy enum value set: [${rule.values.join(', ')}]`);
    }
  }

  #broke(value: string, name: string, constraint: string): void {
    const at = `${this.#prefix}${lowerFirst(name)}`;
    this.#broken.push(`Value ${value} at '${at}' failed to satisfy constraint: ${constraint}`);
  }

  #of(name: string): unknown {
    return Object.hasOwn(this.#source, name) ? (this.#source[name] ?? undefined) : undefined;
  }
}

function isBlank(value: unknown): boolean {
  if (value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.values(value).every(isBlank);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, 'Map');
  return value as Record<string, unknown>;
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
