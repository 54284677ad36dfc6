import type { FunctionKey, FunctionTarget } from '../../function/function.ts';
import type { Caller } from '../caller.ts';
import { RestError } from '../rest-protocol.ts';
import { brokenMember, invalidParameter, notFound } from './lambda-errors.ts';
import { readParameter } from './parameter.ts';

/** How the service model spells the constraint on a function's name in all its forms; of one that is there it allows points too. */
const BEFORE_NAME =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?';
const NEW_NAME = `${BEFORE_NAME}([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`;
const ANY_NAME = `${BEFORE_NAME}([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`;

const FORMS =
  /^(?:(?:arn:aws[a-zA-Z-]*:lambda:)?([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** The longest name of a function, and the longest text that names one. */
const LONGEST_NAME = 64;
const LONGEST_TEXT = 256;
const QUALIFIER = { least: 1, most: 128, pattern: /^(|[a-zA-Z0-9$_-]+)$/ } as const;

/** A function that a request names, and the version or alias it names with it. */
export interface NamedFunction {
  readonly key: FunctionKey;
  readonly qualifier?: string;
}

/**
 * Reads a name in any of AWS's forms: `name`, `name:qualifier`, `123456789012:function:name`, or a full ARN.
 * Account and region are the caller's where the form does not say, and another region is none of this endpoint's; code in an environment reaches its own account alone.
 */
export function readFunctionName(text: string, caller: Caller): NamedFunction {
  const [, region = caller.region, account = caller.account, name, qualifier] = FORMS.exec(text) ?? [];
  if (name === undefined) throw invalidName(text, like(ANY_NAME));
  if (text.length > LONGEST_TEXT) throw invalidName(text, atMost(LONGEST_TEXT));
  if (region !== caller.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${caller.region}')`);
  }
  if (caller.environmentId !== undefined && account !== caller.account) {
    throw new RestError(
      403,
      'AccessDeniedException',
      'A function reaches functions of its own account alone.',
    );
  }
  return { key: { account, region, name }, ...(qualifier === undefined ? {} : { qualifier }) };
}

/** The name of a function to be made. A longer one than it may have is no error of AWS's before, where none has it. */
export function readNewName(text: string, caller: Caller): FunctionKey {
  const { key, qualifier } = readFunctionName(text, caller);
  if (key.name.includes('.')) throw invalidName(text, like(NEW_NAME));
  if (qualifier !== undefined) throw invalidParameter('A function is created without a qualifier.');
  if (key.name.length <= LONGEST_NAME) return key;
  throw invalidParameter(invalidName(text, atMost(LONGEST_NAME)).message);
}

/** The function that path and query name together, and the version or alias of it that either names. */
export function readTarget(text: string, query: URLSearchParams, caller: Caller): FunctionTarget {
  const { key, qualifier: inName } = readFunctionName(text, caller);
  const inQuery = query.get('Qualifier') ?? undefined;
  readParameter('Qualifier', inQuery, QUALIFIER);
  if (inName !== undefined && inQuery !== undefined && inName !== inQuery) {
    throw invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const qualifier = inQuery ?? inName;
  return { ...key, ...(qualifier !== undefined && { qualifier }) };
}

function like(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`;
}

function atMost(length: number): string {
  return `Member must have length less than or equal to ${length}`;
}

function invalidName(text: string, constraint: string): RestError {
  return brokenMember('functionName', text, constraint);
}
