import type { FunctionRecord, FunctionTarget } from '../../function/function.ts';
import type { RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { functionNotFound } from './lambda-errors.ts';
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

/** The function that the path names, whole: an operation on it takes no version. */
export function wholeFunction(call: RestCall, rooms: LambdaRooms): FunctionRecord {
  const { qualifier, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const record = rooms.functions.get(key);
  if (record === undefined || (qualifier !== undefined && qualifier !== record.version)) {
    throw functionNotFound(key, qualifier);
  }
  return record;
}
