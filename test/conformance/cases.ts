import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

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
  call(action: string, input: Readonly<Record<string, unknown>>): Promise<Outcome>;
}

/** One call, and what must come of it. */
export interface Step {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Members that must be there; `{"$match": PATTERN}` stands for a text. */
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
  readonly steps: readonly Step[];
}

/** The cases of SQS, the same for every client of a protocol. */
export function sqsCases(protocol: Protocol = 'json'): readonly Case[] {
  const all = JSON.parse(readFileSync(new URL('sqs-cases.json', import.meta.url), 'utf8')) as Case[];
  return all.filter(({ only }) => only === undefined || only === protocol);
}

/** Runs a case; throws an assertion's error at the first answer that is not as it must be. */
export async function runCase({ steps }: Case, client: Client, protocol: Protocol): Promise<void> {
  const saved = new Map<string, string>();
  for (const step of steps) {
    const outcome = await client.call(step.action, fill(step.input, saved) as Step['input']);
    const shown = `${step.action}: ${JSON.stringify(outcome)}`;
    if (step.error !== undefined) {
      assert.ok('error' in outcome, shown);
      checkError(outcome.error, wanted(step.error, protocol), shown);
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
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), shown);
    assert.equal(actual.length, expected.length, shown);
  }
  for (const [name, value] of Object.entries(expected)) checkMembers(at(actual, name), value, shown);
}

function fill(value: unknown, saved: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/^\{(\w+)\}$/g, (all, name: string) => saved.get(name) ?? all);
  if (Array.isArray(value)) return value.map((member) => fill(member, saved));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member, saved)]));
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    found =
      typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined;
  }
  return found;
}
