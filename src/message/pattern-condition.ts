import { BlockList, isIP } from 'node:net';

/** What one value must be; `undefined` stands for a name that is not there. */
export type Condition = (value: unknown) => boolean;

type Test = (text: string) => boolean;

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** The largest number that a numeric condition compares with, either way (EventBridge). */
const LARGEST_NUMBER = 5_000_000_000;

/** Reads one entry of a pattern's list: a plain value, or an object with one condition. Throws for anything else. */
export function readCondition(entry: unknown): Condition {
  if (isPlain(entry)) return (value) => value === entry;
  const [first, ...others] = typeof entry === 'object' && !Array.isArray(entry) ? Object.entries(entry) : [];
  if (first === undefined || others.length > 0)
    throw new Error('an entry is neither a value nor one condition');
  const [name, argument] = first as readonly [string, unknown];
  if (name === 'exists') return readExists(argument);
  if (name === 'numeric') return readNumeric(argument);
  if (name === 'anything-but') return readAnythingBut(argument);
  if (name === 'cidr') return readCidr(argument);
  return onText(readTest(name, argument));
}

function readExists(argument: unknown): Condition {
  if (typeof argument !== 'boolean') throw new Error('exists takes true or false');
  return (value) => (value !== undefined) === argument;
}

function readNumeric(argument: unknown): Condition {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    throw new Error('numeric takes one or two comparisons with a number');
  }
  const tests = [0, 2]
    .filter((at) => at < argument.length)
    .map((at) => comparison(argument[at], argument[at + 1]));
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function comparison(operator: unknown, bound: unknown): (value: number) => boolean {
  const compare = typeof operator === 'string' ? COMPARISONS[operator] : undefined;
  if (compare === undefined || typeof bound !== 'number' || Math.abs(bound) > LARGEST_NUMBER) {
    throw new Error('numeric compares by =, <, <=, > or >= with a number of at most 5e9');
  }
  return (value) => compare(value, bound);
}

/** A name that is not there is not anything: it does not match. */
function readAnythingBut(argument: unknown): Condition {
  const excluded = readExcluded(argument);
  return (value) => value !== undefined && !excluded.some((condition) => condition(value));
}

function readExcluded(argument: unknown): readonly Condition[] {
  if (isPlain(argument)) return [(value) => value === argument];
  if (Array.isArray(argument)) return nonEmpty(argument).map((each) => readPlain(each));
  const [name, inner] = Object.entries(argument as object)[0] ?? [];
  if (name === undefined || Object.keys(argument as object).length > 1)
    throw new Error('anything-but takes one condition');
  const texts: readonly unknown[] = Array.isArray(inner) ? nonEmpty(inner) : [inner];
  return texts.map((text) => onText(readTest(name, text)));
}

function readPlain(entry: unknown): Condition {
  if (!isPlain(entry)) throw new Error('anything-but takes texts and numbers');
  return (value) => value === entry;
}

function readTest(name: string, argument: unknown): Test {
  const ignoresCase =
    (name === 'prefix' || name === 'suffix') && typeof argument === 'object' && argument !== null;
  if (ignoresCase) {
    const inner = text(
      name,
      (argument as Readonly<Record<string, unknown>>)['equals-ignore-case'],
    ).toLowerCase();
    return name === 'prefix'
      ? (value) => value.toLowerCase().startsWith(inner)
      : (value) => value.toLowerCase().endsWith(inner);
  }
  const wanted = text(name, argument);
  switch (name) {
    case 'prefix':
      return (value) => value.startsWith(wanted);
    case 'suffix':
      return (value) => value.endsWith(wanted);
    case 'equals-ignore-case':
      return (value) => value.toLowerCase() === wanted.toLowerCase();
    case 'wildcard':
      return wildcard(wanted);
    default:
      throw new Error(`there is no condition ${name}`);
  }
}

/** `*` stands for any characters; `\*` and `\\` for themselves. Tries each part once, so that no text takes long. */
function wildcard(pattern: string): Test {
  if (/\*\*/.test(pattern)) throw new Error('a wildcard may not have two * in a row');
  const parts = pattern
    .split(/(\\[\\*]|\*)/)
    .reduce<string[]>(
      (made, part) => (part === '*' ? [...made, ''] : [...made.slice(0, -1), made.at(-1) + unescaped(part)]),
      [''],
    );
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (value) => value === first;
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last))
      return false;
    const end = value.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

function unescaped(part: string): string {
  return part === '\\*' || part === '\\\\' ? part.slice(1) : part;
}

function readCidr(argument: unknown): Condition {
  const [address = '', bits = '', ...rest] = text('cidr', argument).split('/');
  const kind = isIP(address);
  const most = kind === 4 ? 32 : 128;
  if (kind === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    throw new Error('cidr takes a range of addresses, such as 10.0.0.0/24');
  }
  const family = kind === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(address, Number(bits), family);
  return onText((value) => isIP(value) === kind && range.check(value, family));
}

function onText(test: Test): Condition {
  return (value) => typeof value === 'string' && test(value);
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} takes a text that is not empty`);
  return value;
}

function nonEmpty(list: readonly unknown[]): readonly unknown[] {
  if (list.length === 0) throw new Error('a list is empty');
  return list;
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
