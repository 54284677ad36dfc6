import { LATEST, targetArn, type FunctionRecord, type FunctionTarget } from '../../function/function.ts';
import type { RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { functionNotFound, invalidParameter, notFound } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** A function or one of its versions, and what the request named it by. */
export interface ExistingFunction {
  readonly record: FunctionRecord;
  readonly qualifier?: string;
}

/** What a path's `{FunctionName}` and the query's `Qualifier` name; 404 if it is not there. An alias stands for its first version. */
export function existingFunction(call: RestCall, rooms: LambdaRooms): ExistingFunction {
  const target = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const alias = target.qualifier === undefined ? undefined : rooms.aliases.get(target, target.qualifier);
  return found(target, rooms, alias?.settings.version);
}

/** The same for an invocation: an alias stands for one of its two versions, by their weights. */
export function invokedFunction(call: RestCall, rooms: LambdaRooms): ExistingFunction {
  return found(readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller), rooms);
}

function found(target: FunctionTarget, { functions }: LambdaRooms, version?: string): ExistingFunction {
  const { qualifier } = target;
  const record = functions.resolve(version === undefined ? target : { ...target, qualifier: version });
  if (record === undefined) throw functionNotFound(target, qualifier);
  return { record, ...(qualifier !== undefined && { qualifier }) };
}

/** The same, where AWS says of what is not there whether it would be an alias. */
export function existingByQualifier(call: RestCall, rooms: LambdaRooms): ExistingFunction {
  const { qualifier, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const isAlias = qualifier !== undefined && qualifier !== LATEST && !/^\d+$/.test(qualifier);
  if (isAlias && rooms.functions.get(key) !== undefined && rooms.aliases.get(key, qualifier) === undefined)
    throw notFound(`Cannot find alias arn: ${targetArn({ ...key, qualifier })}`);
  return existingFunction(call, rooms);
}

/** The function that the path names, in whose words for concurrency AWS refuses a version. */
export function unqualifiedFunction(call: RestCall, rooms: LambdaRooms): FunctionRecord {
  const { qualifier, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  if (qualifier !== undefined) {
    throw invalidParameter(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. ' +
        'Please specify either a function name or an unqualified function ARN.',
    );
  }
  const record = rooms.functions.get(key);
  if (record === undefined) throw functionNotFound(key);
  return record;
}

/** The function that the path names, whole: an operation on it takes no version. */
export function wholeFunction(call: RestCall, rooms: LambdaRooms): FunctionRecord {
  const { qualifier, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const record = rooms.functions.get(key);
  if (record === undefined || (qualifier !== undefined && qualifier !== record.version)) {
    throw functionNotFound(key, qualifier);
  }
  return record;
}
