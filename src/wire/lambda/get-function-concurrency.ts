import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { unqualifiedFunction } from './existing.ts';
import type { LambdaRooms } from './rooms.ts';

/** `GET /2019-09-30/functions/{FunctionName}/concurrency` → what is reserved; `{}` when nothing is. */
export function getFunctionConcurrency(call: RestCall, rooms: LambdaRooms): RestAnswer {
  const { reservedConcurrency } = unqualifiedFunction(call, rooms);
  const body = reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
  return { status: 200, body };
}
