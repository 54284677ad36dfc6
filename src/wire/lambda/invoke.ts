import type { InvokeResult } from '../../environment/result.ts';
import type { FunctionRecord } from '../../function/function.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import {
  admitted,
  executedVersion,
  LARGEST_SYNC_BYTES,
  noRoom,
  readInvocation,
  type AskedInvocation,
} from './invocation.ts';
import { unavailable } from './lambda-errors.ts';
import type { LambdaRooms } from './rooms.ts';

/** The largest event of each type of invocation; asynchronous ones may have 1 MiB. */
const LIMIT_BYTES = {
  RequestResponse: LARGEST_SYNC_BYTES,
  Event: 1_048_576,
  DryRun: LARGEST_SYNC_BYTES,
};

/**
 * `POST /2015-03-31/functions/{FunctionName}/invocations`. `X-Amz-Invocation-Type` RequestResponse: 200 with
 * the handler's answer; Event: 202 once the event is durable in the function's inbox; DryRun: 204.
 */
export async function invoke(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const asked = readInvocation(call, rooms, LIMIT_BYTES);
  if (asked.type === 'DryRun') return { status: 204, headers: executedVersion(asked.record) };
  return asked.type === 'Event' ? post(call, rooms, asked) : run(call, rooms, asked);
}

/** `POST /2014-11-13/functions/{FunctionName}/invoke-async`, the older way to invoke asynchronously: 202 as well, with that in its body. */
export async function invokeAsync(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const { status } = await post(call, rooms, readInvocation(call, rooms, LIMIT_BYTES, 'Event'));
  return { status, body: { Status: status } };
}

async function post(call: RestCall, rooms: LambdaRooms, asked: AskedInvocation): Promise<RestAnswer> {
  const { record, payload, context, named } = asked;
  const event = {
    payload: payload.toString('utf8'),
    requestId: call.request.requestId,
    ...context,
    ...named,
  };
  const senderId = call.caller.accessKeyId === '' ? call.caller.account : call.caller.accessKeyId;
  const posted = await rooms.inboxes.post(record.key, event, senderId);
  if (!posted.ok) throw unavailable(posted.failure);
  return { status: 202 };
}

async function run(call: RestCall, rooms: LambdaRooms, asked: AskedInvocation): Promise<RestAnswer> {
  const { ready, release } = await admitted(rooms, asked.record);
  try {
    const { payload, context, named, wantsLog } = asked;
    const { requestId } = call.request;
    const request = { function: ready, requestId, payload, ...context, ...named };
    return answerOf(await rooms.invoker.invoke(request), ready, wantsLog);
  } finally {
    release();
  }
}

function answerOf(result: InvokeResult, record: FunctionRecord, withLog: boolean): RestAnswer {
  if (result.kind === 'no-room') throw noRoom(result.why);
  const log = withLog ? { 'X-Amz-Log-Result': Buffer.from(result.logTail).toString('base64') } : {};
  const failed = result.kind === 'answered' ? {} : { 'X-Amz-Function-Error': 'Unhandled' };
  return { status: 200, headers: { ...executedVersion(record), ...failed, ...log }, body: result.payload };
}
