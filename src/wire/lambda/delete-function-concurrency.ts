import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { unqualifiedFunction } from './existing.ts';
import { functionError } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2017-10-31/functions/{FunctionName}/concurrency` → 204: the function shares with all others again. */
export async function deleteFunctionConcurrency(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { key } = unqualifiedFunction(call, rooms);
  const released = await rooms.functions.reserve(key, undefined);
  if (!released.ok) throw functionError(released.failure);
  return { status: 204 };
}
