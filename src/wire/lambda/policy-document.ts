import type { PolicyStatement } from '../../function/policies.ts';
import type { RestError } from '../rest-protocol.ts';
import { invalidParameter, unsupported } from './lambda-errors.ts';

const SID = /^[a-zA-Z0-9-_]{1,100}$/;
const ACTION = /^(lambda:[a-zA-Z*]+|[*])$/;

/**
 * The statements of a policy in the language of IAM, all of them about the function, version or alias of `arn`. @throws for what is no such
 * policy, and for one that denies: statements are not enforced, and a refusal that does not come would be a false promise.
 */
export function readPolicyDocument(text: string, arn: string): readonly PolicyStatement[] {
  const { Version, Statement } = asObject(parsed(text), 'The policy');
  if (Version !== '2012-10-17') throw badPolicy("its Version is not '2012-10-17'");
  const statements = asList(Statement).map((each) => readStatement(asObject(each, 'A statement'), arn));
  if (statements.length === 0) throw badPolicy('it has no statement');
  const ids = statements.flatMap(({ Sid }) => Sid ?? []);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw badPolicy(`the statement id ${twice} comes twice`);
  return statements;
}

function readStatement(given: Readonly<Record<string, unknown>>, arn: string): PolicyStatement {
  const { Sid, Effect, Principal, Action, Resource, Condition, ...others } = given;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unsupported(`${other.slice(0, 100)} in a policy`);
  if (Effect === 'Deny') throw unsupported('Effect Deny in a policy');
  if (Effect !== 'Allow') throw badPolicy('a statement has no Effect');
  if (Sid !== undefined && (typeof Sid !== 'string' || !SID.test(Sid))) throw badPolicy('a Sid is none');
  if (Principal !== '*') checkMap(Principal, 'A Principal');
  const conditions = Condition === undefined ? {} : asObject(Condition, 'A Condition');
  for (const condition of Object.values(conditions)) checkMap(condition, 'A Condition');
  checkTexts(Action, 'Action', (text) => ACTION.test(text));
  checkTexts(Resource, 'Resource', (text) => text === arn || text.startsWith(`${arn}:`));
  return { ...given, Effect };
}

/** Names with one value or several. */
function checkMap(value: unknown, name: string): void {
  const values = Object.values(asObject(value, name)).flatMap(asList);
  if (values.some((each) => typeof each === 'object')) throw badPolicy(`${name} has a value that is none`);
}

/** One text or several, each as it must be. */
function checkTexts(value: unknown, name: string, isGood: (text: string) => boolean): void {
  const texts = asList(value);
  const bad = texts.find((text) => typeof text !== 'string' || !isGood(text));
  if (texts.length > 0 && bad === undefined) return;
  throw badPolicy(`${name} ${JSON.stringify(bad ?? null).slice(0, 200)} is none of this resource`);
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function asObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badPolicy(`${name} is no object`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badPolicy((error as Error).message);
  }
}

function badPolicy(why: string): RestError {
  return invalidParameter(`The policy is not valid: ${why}.`);
}
