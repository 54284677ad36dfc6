import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { readFunctionName } from './function-name.ts';
import { ALIAS_NAME, readParameter } from './parameter.ts';
import type { LambdaRooms } from './rooms.ts';

/** `DELETE /2015-03-31/functions/{FunctionName}/aliases/{Name}` → 204, also when it is not there. */
export async function deleteAlias(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { key } = readFunctionName(call.labels['FunctionName'] ?? '', call.caller);
  await rooms.aliases.delete(key, readParameter('Name', call.labels['Name'], ALIAS_NAME) ?? '');
  return { status: 204 };
}
