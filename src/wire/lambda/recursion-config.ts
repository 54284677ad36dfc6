import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { functionError } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2024-08-31/functions/{FunctionName}/recursion-config` → whether the function may invoke itself without end. */
export async function putFunctionRecursionConfig(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { key } = wholeFunction(call, rooms);
  const members = new Members(jsonObject(call));
  const loop = members.text('RecursiveLoop', { required: true, values: ['Allow', 'Terminate'] });
  members.end();
  const changed = await rooms.functions.allowLoops(key, loop === 'Allow');
  if (!changed.ok) throw functionError(changed.failure);
  return { status: 200, body: { RecursiveLoop: loop } };
}

/** `GET /2024-08-31/functions/{FunctionName}/recursion-config` → `Terminate` unless `Allow` was put. */
export function getFunctionRecursionConfig(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { allowsLoops } = wholeFunction(call, rooms);
  return { status: 200, body: { RecursiveLoop: allowsLoops === true ? 'Allow' : 'Terminate' } };
}
