import { failed, ok, type Result } from '../base/result.ts';
import { readCondition, type Condition } from './pattern-condition.ts';

/** Whether a JSON value has what a pattern asks for. */
export type Matcher = (value: unknown) => boolean;

/** The text is no pattern; `why` says what is wrong with it. */
export interface NoPattern {
  readonly kind: 'no-pattern';
  readonly why: string;
}

/** One level of a pattern: names with what their values must be, and alternatives. */
interface Level {
  readonly members: readonly (readonly [name: string, node: Level | Leaf])[];
  readonly either: readonly Level[];
}

/** The conditions of one name, of which one must hold. */
interface Leaf {
  readonly conditions: readonly Condition[];
}

/** The deepest nesting that is read: a pattern has at most a few thousand characters, and is not a trap for the stack. */
const DEEPEST = 100;

class NotAPattern extends Error {}

/**
 * Reads an event pattern in the grammar of Amazon EventBridge: objects of names, each leading to a list of values and
 * conditions (`prefix`, `suffix`, `anything-but`, `numeric`, `exists`, `equals-ignore-case`, `wildcard`, `cidr`) or to
 * an object in its turn; `$or` holds alternatives.
 */
export function readPattern(text: string): Result<Matcher, NoPattern> {
  try {
    const level = readLevel(JSON.parse(text) as unknown, 0);
    return ok((value) => holds(level, value));
  } catch (error) {
    return failed({ kind: 'no-pattern', why: (error as Error).message });
  }
}

function readLevel(value: unknown, depth: number): Level {
  if (!isObject(value)) throw new NotAPattern('a pattern is an object');
  if (depth > DEEPEST) throw new NotAPattern('the pattern is nested too deeply');
  const entries = Object.entries(value);
  if (entries.length === 0) throw new NotAPattern('an object of the pattern is empty');
  const alternatives = value['$or'];
  const either = isAlternatives(alternatives) ? alternatives : [];
  return {
    members: entries
      .filter(([name]) => name !== '$or' || either.length === 0)
      .map(([name, node]) => [name, readNode(name, node, depth + 1)] as const),
    either: either.map((alternative) => readLevel(alternative, depth + 1)),
  };
}

/** A name `$or` stands for alternatives when it holds two or more objects; otherwise it is a name like any other. */
function isAlternatives(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length >= 2 && value.every(isObject);
}

function readNode(name: string, value: unknown, depth: number): Level | Leaf {
  if (!Array.isArray(value)) return readLevel(value, depth);
  if (value.length === 0) throw new NotAPattern(`the list of ${name} is empty`);
  return { conditions: value.map((each) => readCondition(each)) };
}

function holds(level: Level, value: unknown): boolean {
  // Of a list of objects one must have it all.
  if (Array.isArray(value)) return value.some((each) => !Array.isArray(each) && holds(level, each));
  const found = isObject(value) ? value : {};
  const all = level.members.every(([name, node]) => {
    const member = Object.hasOwn(found, name) ? found[name] : undefined;
    return 'conditions' in node ? holdsAny(node, member) : holds(node, member);
  });
  return all && (level.either.length === 0 || level.either.some((other) => holds(other, value)));
}

/** Of a list of values one must meet one of the conditions. An object is there, and equals nothing. */
function holdsAny({ conditions }: Leaf, value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
  return conditions.some((condition) => values.some((each) => condition(each)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
