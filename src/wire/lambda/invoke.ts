import type { InvokeResult } from '../../environment/result.ts';
import type { FunctionRecord } from '../../function/function.ts';
import { parseJson, RestError, type RestAnswer, type RestCall } from '../rest-protocol.ts';
import { existingFunction } from './existing.ts';
import { conflict, functionNotFound, tooManyRequests, unavailable } from './lambda-errors.ts';
import { whenReady } from './ready.ts';
import type { LambdaRooms } from './rooms.ts';

/** The largest event of a synchronous invocation: 6 MiB. */
export const LARGEST_SYNC_BYTES = 6_291_456;

/** The largest event of an asynchronous invocation: 1 MiB. */
const LARGEST_ASYNC_BYTES = 1_048_576;

const NO_EVENT = Buffer.from('{}');

const TYPES = ['RequestResponse', 'Event', 'DryRun'];

/**
 * `POST /2015-03-31/functions/{FunctionName}/invocations`. `X-Amz-Invocation-Type` RequestResponse: 200 with
 * the handler's answer; Event: 202 once the event is durable in the function's inbox; DryRun: 204.
 */
export async function invoke(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const type = header(call, 'x-amz-invocation-type') ?? 'RequestResponse';
  if (!TYPES.includes(type)) throw badType(type);
  const { record } = existingFunction(call, rooms);
  const { body } = call.request;
  checkSize(body, type === 'Event' ? LARGEST_ASYNC_BYTES : LARGEST_SYNC_BYTES, type);
  if (body.length > 0) parseJson(body);
  const clientContext = readClientContext(header(call, 'x-amz-client-context'));
  if (type === 'DryRun') return { status: 204, headers: executedVersion(record) };
  const context = clientContext === undefined ? {} : { clientContext };
  const payload = body.length > 0 ? body : NO_EVENT;
  return type === 'Event'
    ? post(call, rooms, record, payload, context)
    : run(call, rooms, record, payload, context);
}

interface Context {
  readonly clientContext?: string;
}

async function post(
  call: RestCall,
  rooms: LambdaRooms,
  record: FunctionRecord,
  payload: Buffer,
  context: Context,
): Promise<RestAnswer> {
  const event = { payload: payload.toString('utf8'), requestId: call.request.requestId, ...context };
  const senderId = call.caller.accessKeyId === '' ? call.caller.account : call.caller.accessKeyId;
  const posted = await rooms.inboxes.post(record.key, event, senderId);
  if (!posted.ok) throw unavailable(posted.failure);
  return { status: 202 };
}

async function run(
  call: RestCall,
  rooms: LambdaRooms,
  record: FunctionRecord,
  payload: Buffer,
  context: Context,
): Promise<RestAnswer> {
  const ready = await whenReady(rooms, record);
  if (ready === undefined) throw functionNotFound(record.key);
  if (ready.state.kind !== 'active') throw notReady(ready);
  const permit = rooms.allowance.tryAcquire(ready.key);
  if (permit === undefined) throw tooManyRequests('ConcurrentInvocationLimitExceeded', 'Rate Exceeded.');
  const traceId = header(call, 'x-amzn-trace-id');
  try {
    const result = await rooms.invoker.invoke({
      ...{ function: ready, requestId: call.request.requestId, payload, ...context },
      ...(traceId === undefined ? {} : { traceId }),
    });
    return answerOf(result, ready, header(call, 'x-amz-log-type') === 'Tail');
  } finally {
    permit.release();
  }
}

function answerOf(result: InvokeResult, record: FunctionRecord, withLog: boolean): RestAnswer {
  if (result.kind === 'no-room') {
    throw tooManyRequests('ConcurrentInvocationLimitExceeded', `Rate Exceeded. ${result.why}`);
  }
  const log = withLog ? { 'X-Amz-Log-Result': Buffer.from(result.logTail).toString('base64') } : {};
  const failed = result.kind === 'answered' ? {} : { 'X-Amz-Function-Error': 'Unhandled' };
  return { status: 200, headers: { ...executedVersion(record), ...failed, ...log }, body: result.payload };
}

function executedVersion(record: FunctionRecord): Readonly<Record<string, string>> {
  return { 'X-Amz-Executed-Version': record.version };
}

function notReady(record: FunctionRecord): RestError {
  const state = record.state.kind === 'failed' ? `Failed: ${record.state.reason}` : 'Pending';
  return conflict(
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
  );
}

function checkSize(body: Buffer, limitBytes: number, type: string): void {
  if (body.length <= limitBytes) return;
  throw new RestError(
    413,
    'RequestEntityTooLargeException',
    `${body.length} byte payload is too large for the ${type} invocation type (limit ${limitBytes} bytes)`,
  );
}

/** The client context is JSON in base64; code gets the JSON. */
function readClientContext(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const json = Buffer.from(text, 'base64').toString('utf8');
  try {
    JSON.parse(json);
    return json;
  } catch {
    throw new RestError(
      400,
      'InvalidRequestContentException',
      'Client context must be a valid Base64-encoded JSON object.',
    );
  }
}

function badType(type: string): RestError {
  return new RestError(
    400,
    'ValidationException',
    `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${TYPES.join(', ')}]`,
  );
}

function header(call: RestCall, name: string): string | undefined {
  const value = call.request.headers[name];
  return typeof value === 'string' && value.length > 0 ? value : undefined;
}
