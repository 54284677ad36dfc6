import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';

/** An error as a client shows it. */
export interface ClientError {
  /** The code of the Query protocol, which older clients compare. */
  readonly code: string;
  /** The name of the error's shape; a client may show only one of the two. */
  readonly type?: string;
  readonly status?: number;
  readonly message: string;
  /** What clients of the Query protocol are told, where it differs. */
  readonly queryMessage?: string;
}

/** The two protocols of SQS. */
export type Protocol = 'json' | 'query';

/** What a client made of an answer. Bytes are `{"$bytes": BASE64}`. */
export type Outcome = { readonly output: unknown } | { readonly error: ClientError };

/** A program of somebody else that speaks to the endpoint. */
export interface Client extends AsyncDisposable {
  /** `action` is one of SQS, or `lambda:ACTION`, or `lambda:wait:WAITER`. */
  call(action: string, input: Readonly<Record<string, unknown>>): Promise<Outcome>;
}

/** One call, and what must come of it. */
export interface Step {
  readonly action: string;
  /** `{"$text": TEXT}` stands for its bytes, `{"$zip": {NAME: TEXT}}` for those of an archive of files. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Members that must be there; `{"$match": PATTERN}` stands for a text, `{"$text": TEXT}` for bytes, `{"$base64": PATTERN}` for a text in base64. */
  readonly output?: unknown;
  /** Paths that must not be there. */
  readonly absent?: readonly string[];
  readonly error?: ClientError;
  /** Names for members, which later inputs say as `{name}`. */
  readonly save?: Readonly<Record<string, string>>;
}

/** A story told in calls. */
export interface Case {
  readonly name: string;
  /** Set when clients of one protocol alone know what it asks for. */
  readonly only?: Protocol;
  /** Set when a command line is to run it too, long as it is: a process for each call. */
  readonly forCommandLines?: boolean;
  readonly steps: readonly Step[];
}

/** The cases of SQS, the same for every client of a protocol. */
export function sqsCases(protocol: Protocol = 'json'): readonly Case[] {
  const all = JSON.parse(readFileSync(new URL('sqs-cases.json', import.meta.url), 'utf8')) as Case[];
  return all.filter(({ only }) => only === undefined || only === protocol);
}

/** Runs a case; throws an assertion's error at the first answer that is not as it must be. */
export async function runCase(
  { steps }: Case,
  client: Client,
  protocol: Protocol,
  known: Readonly<Record<string, string>> = {},
): Promise<void> {
  const saved = new Map(Object.entries(known));
  for (const step of steps) {
    const outcome = await client.call(step.action, asBytes(fill(step.input, saved)) as Step['input']);
    const shown = `${step.action}: ${JSON.stringify(outcome)}`;
    if (step.error !== undefined) {
      assert.ok('error' in outcome, shown);
      checkError(outcome.error, wanted(fill(step.error, saved) as ClientError, protocol), shown);
      continue;
    }
    assert.ok('output' in outcome, shown);
    checkMembers(outcome.output, fill(step.output ?? {}, saved), shown);
    for (const path of step.absent ?? []) assert.equal(at(outcome.output, path), undefined, shown);
    for (const [name, path] of Object.entries(step.save ?? {})) {
      saved.set(name, String(at(outcome.output, path)));
    }
  }
}

function wanted(error: ClientError, protocol: Protocol): ClientError {
  return protocol === 'query' ? { ...error, message: error.queryMessage ?? error.message } : error;
}

function checkError(error: ClientError, expected: ClientError, shown: string): void {
  assert.equal(error.message, expected.message, shown);
  assert.ok([expected.code, expected.type].includes(error.code), shown);
  if (error.type !== undefined) assert.ok([expected.code, expected.type].includes(error.type), shown);
  if (error.status !== undefined) assert.equal(error.status, expected.status, shown);
}

function checkMembers(actual: unknown, expected: unknown, shown: string): void {
  if (typeof expected !== 'object' || expected === null) return assert.equal(actual, expected, shown);
  if ('$match' in expected) return assert.match(String(actual), new RegExp(String(expected.$match)), shown);
  if ('$text' in expected) return assert.equal(bytesOf(at(actual, '$bytes')), expected.$text, shown);
  if ('$base64' in expected)
    return assert.match(bytesOf(actual), new RegExp(String(expected.$base64)), shown);
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), shown);
    assert.equal(actual.length, expected.length, shown);
  }
  for (const [name, value] of Object.entries(expected)) checkMembers(at(actual, name), value, shown);
}

function bytesOf(base64: unknown): string {
  return Buffer.from(String(base64), 'base64').toString();
}

function literal(saved: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new Map([...saved].map(([name, text]) => [name, escaped(text)]));
}

function fill(value: unknown, saved: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/\{(\w+)\}/g, (all, name: string) => saved.get(name) ?? all);
  if (Array.isArray(value)) return value.map((member) => fill(member, saved));
  if (typeof value !== 'object' || value === null) return value;
  // What was answered before stands there as it is: hashes have signs of patterns in them.
  if ('$match' in value) return { $match: fill(value.$match, literal(saved)) };
  if ('$zip' in value) return { $bytes: zipped(value.$zip as Readonly<Record<string, string>>) };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member, saved)]));
}

function zipped(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries))).toString('base64');
}

/** Texts that stand for bytes, as clients take them. */
function asBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$text' in value) return { $bytes: Buffer.from(String(value.$text)).toString('base64') };
  if (Array.isArray(value)) return value.map(asBytes);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asBytes(member)]));
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    found =
      typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined;
  }
  return found;
}
