import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { functionView } from './function-view.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2015-03-31/functions/{FunctionName}/configuration` → the configuration. */
export function getFunctionConfiguration(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { record, qualifier } = existingFunction(call, rooms);
  return { status: 200, body: functionView(record, 'as-it-is', qualifier) };
}
