import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { wholeFunction } from './existing.ts';
import { notFound } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

// No function here is durable (a DurableConfig is refused), so that there are no durable executions: whoever asks is told so in the
// words that AWS has for what is not there.

/** `GET /2025-12-01/functions/{FunctionName}/durable-executions` → none. */
export function listDurableExecutions(call: RestCall, rooms: LambdaRooms): RestAnswer {
  wholeFunction(call, rooms);
  return { status: 200, body: { DurableExecutions: [] } };
}

/** Every operation on one execution: it is not there. @throws always. */
export function noDurableExecution({ labels }: RestCall): RestAnswer {
  throw notFound(`Durable execution not found: ${labels['DurableExecutionArn'] ?? ''}`);
}

/** Every operation on the callback of an execution: it is not there. @throws always. */
export function noDurableCallback({ labels }: RestCall): RestAnswer {
  throw notFound(`Callback not found: ${labels['CallbackId'] ?? ''}`);
}
