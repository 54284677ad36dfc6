import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { readAliasedFunction, readAliasName } from './existing-alias.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2015-03-31/functions/{FunctionName}/aliases/{Name}` → 204, also when it is not there; 404 without its function. */
export async function deleteAlias(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const name = readAliasName(call);
  await rooms.aliases.delete(readAliasedFunction(call, rooms), name);
  return { status: 204 };
}
