import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { functionError, invalidParameter } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2015-03-31/functions/{FunctionName}` → 204. Mappings to it stay, and wait for it to come back. */
export async function deleteFunction(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { record, qualified } = existingFunction(call, rooms);
  if (qualified) {
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
  }
  const deleted = await rooms.functions.delete(record.key);
  if (!deleted.ok) throw functionError(deleted.failure);
  return { status: 204 };
}
