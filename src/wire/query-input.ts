import type { FormNode } from './form.ts';
import { bytesOf, NotTheShape, type Input } from './input.ts';

/** How a list or map is called where its elements are numbered: `AttributeName` for `AttributeNames`. */
export type NumberedName = (member: string) => string;

const MAP_KEYS: readonly string[] = ['Name', 'Key', 'key'];
const MAP_VALUES: readonly string[] = ['Value', 'value'];

/**
 * Reads members of a request of the Query protocol. The elements of lists and maps are numbered:
 * `AttributeName.1=All`, `Attribute.1.Name=…&Attribute.1.Value=…`. Understood are also the member's own name
 * (`AttributeNames.1`), `member` or `entry` before the number, as services without flattened lists have it, and a single
 * element without a number (`AttributeName=All`, `Attribute.Name=…`), as the first versions of SQS had it.
 */
export class QueryInput implements Input {
  readonly #node: FormNode;
  readonly #numberedName: NumberedName;

  constructor(node: FormNode, numberedName: NumberedName) {
    this.#node = node;
    this.#numberedName = numberedName;
  }

  hasOnly(names: readonly string[]): boolean {
    return [...this.#node.members.keys()].every((name) => names.includes(name));
  }

  text(name: string): string | undefined {
    return valueOf(name, this.#node.members.get(name));
  }

  wholeNumber(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^-?\d{1,15}$/.test(text)) return Number(text);
    throw new NotTheShape(`Value ${text} for parameter ${name} is invalid. Reason: Must be an integer.`);
  }

  bytes(name: string): Uint8Array | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : bytesOf(name, text);
  }

  textList(name: string): readonly string[] | undefined {
    return this.#elements(name)?.map((element) => valueOf(name, element) ?? '');
  }

  textMap(name: string): Readonly<Record<string, string>> | undefined {
    return fromPairs(this.#pairs(name)?.map(([key, node]) => [key, valueOf(name, node) ?? '']));
  }

  list(name: string): readonly Input[] | undefined {
    return this.#elements(name)?.map((element) => this.#below(element));
  }

  map(name: string): readonly (readonly [string, Input])[] | undefined {
    return this.#pairs(name)?.map(([key, node]) => [key, this.#below(node)]);
  }

  #below(node: FormNode): QueryInput {
    return new QueryInput(node, this.#numberedName);
  }

  #pairs(name: string): (readonly [string, FormNode])[] | undefined {
    return this.#elements(name)?.map((element) => {
      const key = oneOf(element, MAP_KEYS)?.value;
      if (key === undefined) throw new NotTheShape(`An element of ${name} has no name`);
      return [key, oneOf(element, MAP_VALUES) ?? { value: undefined, members: new Map() }];
    });
  }

  /** The numbered elements in the order of their numbers; undefined when the member is not there. */
  #elements(name: string): readonly FormNode[] | undefined {
    const node = this.#node.members.get(this.#numberedName(name)) ?? this.#node.members.get(name);
    if (node === undefined) return undefined;
    if (node.members.size === 0) return node.value === undefined || node.value === '' ? [] : [node];
    if (node.value !== undefined && node.value !== '') throw conflict(name);
    const numbered = oneOf(node, ['member', 'entry']) ?? node;
    if (numbered === node && MAP_KEYS.some((key) => node.members.has(key))) return [node];
    return [...numbered.members.entries()]
      .map(([text, element]) => [numberOf(name, text), element] as const)
      .toSorted(([first], [second]) => first - second)
      .map(([, element]) => element);
  }
}

function valueOf(name: string, node: FormNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.members.size > 0) throw conflict(name);
  return node.value;
}

function oneOf(node: FormNode, names: readonly string[]): FormNode | undefined {
  for (const name of names) {
    const found = node.members.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function numberOf(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new NotTheShape(`${name}.${text} is not a number of an element`);
}

function conflict(name: string): NotTheShape {
  return new NotTheShape(
    `The query parameter ${name} is invalid. Its structure conflicts with that of another parameter.`,
  );
}

/** An object whose members are its own, whatever they are called. */
function fromPairs(
  pairs: readonly (readonly [string, string])[] | undefined,
): Readonly<Record<string, string>> | undefined {
  return pairs && Object.fromEntries(pairs);
}
