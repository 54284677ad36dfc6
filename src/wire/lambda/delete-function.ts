import { LATEST } from '../../function/function.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { readTarget } from './function-name.ts';
import { functionError, functionNotFound, invalidParameter } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/**
 * `DELETE /2015-03-31/functions/{FunctionName}?Qualifier` → 204: the function with its versions and aliases, or the one version
 * named. Mappings to it stay, and wait for it to come back.
 */
export async function deleteFunction(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { qualifier, ...key } = readTarget(call.labels['FunctionName'] ?? '', call.query, call.caller);
  if (rooms.functions.get(key) === undefined) throw functionNotFound(key, qualifier);
  if (qualifier === LATEST)
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
  if (qualifier !== undefined && !/^\d+$/.test(qualifier))
    throw invalidParameter('Deletion of aliases is not currently supported.');
  const deleted =
    qualifier === undefined ? await rooms.functions.delete(key) : await rooms.versions.delete(key, qualifier);
  if (!deleted.ok && deleted.failure.kind !== 'no-such-version') throw functionError(deleted.failure);
  return { status: 204 };
}
