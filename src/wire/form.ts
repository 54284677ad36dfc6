import { isUtf8 } from 'node:buffer';
import type { RequestHead } from './door.ts';
import { NotTheShape } from './input.ts';

/** A parameter of a form and what stands below it: `Tag.1.Key=a` is the value `a` at `Tag`, `1`, `Key`. */
export interface FormNode {
  value: string | undefined;
  readonly members: Map<string, FormNode>;
}

/** True for a request whose body is a form. */
export function isForm({ headers }: Pick<RequestHead, 'headers'>): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** Parameters of one request; the largest request of any action needs some hundreds. */
const MOST_PARAMETERS = 10_000;
/** Parts of one name; the deepest that an action knows has seven. */
const DEEPEST_NAME = 10;

/**
 * Reads `application/x-www-form-urlencoded` texts, one after the other, into one tree: names are cut at their dots, a
 * later value replaces an earlier one. Throws {@link NotTheShape} for what is not well encoded, or too much.
 */
export function readForm(...texts: readonly (string | Buffer)[]): FormNode {
  const root = newNode();
  let count = 0;
  for (const text of texts) {
    for (const pair of plain(text).split('&', MOST_PARAMETERS + 1)) {
      if (pair === '') continue;
      count += 1;
      if (count > MOST_PARAMETERS) throw new NotTheShape(`There are more than ${MOST_PARAMETERS} parameters`);
      place(root, pair);
    }
  }
  return root;
}

/** The value at the top of the tree; undefined when there is none. */
export function formValue(root: FormNode, name: string): string | undefined {
  return root.members.get(name)?.value;
}

/** Sets a value at the top of the tree, unless there is one. */
export function setDefault(root: FormNode, name: string, value: string): void {
  if (!root.members.has(name)) root.members.set(name, { value, members: new Map() });
}

function place(root: FormNode, pair: string): void {
  const at = pair.indexOf('=');
  const name = decoded(at === -1 ? pair : pair.slice(0, at));
  const parts = name.split('.', DEEPEST_NAME + 1);
  if (parts.length > DEEPEST_NAME) throw new NotTheShape('The name of a parameter has too many parts');
  let node = root;
  for (const part of parts) node = below(node, part);
  node.value = at === -1 ? '' : decoded(pair.slice(at + 1));
}

function below(node: FormNode, part: string): FormNode {
  const known = node.members.get(part);
  if (known !== undefined) return known;
  const made = newNode();
  node.members.set(part, made);
  return made;
}

function newNode(): FormNode {
  return { value: undefined, members: new Map() };
}

function plain(text: string | Buffer): string {
  if (typeof text === 'string') return text;
  if (!isUtf8(text)) throw new NotTheShape('The request body is not valid UTF-8');
  return text.toString('utf8');
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new NotTheShape('A parameter is not well encoded');
  }
}
