import type { FunctionRecord } from '../../function/function.ts';
import type { RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { functionNotFound } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** A function or one of its versions, and what the request named it by. */
export interface ExistingFunction {
  readonly record: FunctionRecord;
  readonly qualifier?: string;
}

/** What a path's `{FunctionName}` and the query's `Qualifier` name; 404 if it is not there. */
export function existingFunction(call: RestCall, rooms: LambdaRooms): ExistingFunction {
  const target = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const record = rooms.functions.resolve(target);
  if (record === undefined) throw functionNotFound(target, target.qualifier);
  return { record, ...(target.qualifier !== undefined && { qualifier: target.qualifier }) };
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
