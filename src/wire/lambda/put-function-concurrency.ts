import { Members } from '../members.ts';
import { jsonObject, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { unqualifiedFunction } from './existing.ts';
import { functionError, invalidParameter } from './lambda-errors.ts';
import { LEAST_UNRESERVED, provisionedOf } from './provisioned-concurrency.ts';
import type { LambdaRooms } from './rooms.ts';

/** `PUT /2017-10-31/functions/{FunctionName}/concurrency` → what is reserved now; 0 turns the function off. */
export async function putFunctionConcurrency(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { key } = unqualifiedFunction(call, rooms);
  const members = new Members(jsonObject(call));
  const wanted = members.whole('ReservedConcurrentExecutions', {
    required: true,
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
  });
  members.end();
  const concurrency = wanted ?? 0;
  const provisioned = provisionedOf(key, rooms);
  if (concurrency < provisioned) {
    // With the spaces that AWS has in it.
    throw invalidParameter(
      ` ReservedConcurrentExecutions  ${concurrency} should not be lower than function's total provisioned ` +
        `concurrency [${provisioned}].`,
    );
  }
  const unreserved = rooms.allowance.unreserved(key) - concurrency;
  const least = Math.min(LEAST_UNRESERVED, rooms.concurrencyLimit);
  if (unreserved < least && concurrency > 0) {
    throw invalidParameter(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
        `below its minimum value of [${least}].`,
    );
  }
  const reserved = await rooms.functions.reserve(key, concurrency);
  if (!reserved.ok) throw functionError(reserved.failure);
  return { status: 200, body: { ReservedConcurrentExecutions: concurrency } };
}
