import type { FunctionRecord } from '../../function/function.ts';
import type { RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { functionNotFound } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** The function that a path's `{FunctionName}` and the query's `Qualifier` name; 404 if there is none. */
export function existingFunction(
  call: RestCall,
  rooms: LambdaRooms,
): { readonly record: FunctionRecord; readonly qualified: boolean } {
  const { key, qualified } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  const record = rooms.functions.get(key);
  if (record === undefined) throw functionNotFound(key, qualified ? '$LATEST' : undefined);
  return { record, qualified };
}
