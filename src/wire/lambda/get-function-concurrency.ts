import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2019-09-30/functions/{FunctionName}/concurrency` → `{}`: no function has a reserved share here. */
export function getFunctionConcurrency(call: RestCall, rooms: LambdaRooms): RestAnswer {
  existingFunction(call, rooms);
  return { status: 200, body: {} };
}
