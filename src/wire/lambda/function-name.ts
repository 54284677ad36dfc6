import type { FunctionKey, FunctionTarget } from '../../function/function.ts';
import type { Caller } from '../caller.ts';
import { RestError } from '../rest-protocol.ts';
import { brokenMember, invalidParameter, notFound } from './lambda-errors.ts';
import { readParameter } from './parameter.ts';

/** How the service model spells the constraint on a function's name in all its forms. */
const MODEL_PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?' +
  '(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';

const FORMS =
  /^(?:(?:arn:aws[a-zA-Z-]*:lambda:)?([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

const LONGEST_NAME = 64;
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
  if (name === undefined)
    throw invalidName(text, `Member must satisfy regular expression pattern: ${MODEL_PATTERN}`);
  if (name.length > LONGEST_NAME) {
    throw invalidName(text, `Member must have length less than or equal to ${LONGEST_NAME}`);
  }
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

function invalidName(text: string, constraint: string): RestError {
  return brokenMember('functionName', text, constraint);
}
