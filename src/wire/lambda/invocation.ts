import type { FunctionRecord } from '../../function/function.ts';
import { isLooping, MOST_ROUNDS } from '../../function/lineage.ts';
import { carriedTrace } from '../carried-trace.ts';
import { parseJson, RestError, type RestCall } from '../rest-protocol.ts';
import { invokedFunction } from './existing.ts';
import { brokenMember, conflict, functionNotFound, tooManyRequests, unsupported } from './lambda-errors.ts';
import { whenReady } from './ready.ts';
import type { LambdaRooms } from './rooms.ts';

/** The largest event of a synchronous invocation: 6 MiB. */
export const LARGEST_SYNC_BYTES = 6_291_456;

const NO_EVENT = Buffer.from('{}');
/** Headers of tenants and of durable executions, and how clients call them. */
const UNKNOWN_KINDS = [
  ['x-amz-tenant-id', 'TenantId'],
  ['x-amz-durable-execution-name', 'DurableExecutionName'],
] as const;
const LOG_TYPES: readonly string[] = ['None', 'Tail'];

/** What a request asks to be invoked with. */
export interface AskedInvocation {
  readonly type: string;
  readonly record: FunctionRecord;
  /** The version or alias that was named. */
  readonly named: { readonly qualifier?: string };
  readonly payload: Buffer;
  /** What an invocation carries beside its event. */
  readonly context: { readonly clientContext?: string; readonly traceId?: string };
  /** The caller wants the end of the log. */
  readonly wantsLog: boolean;
}

/**
 * Reads and checks what all ways to invoke have in common. `limitBytes`: the largest event of each type of invocation; `type`: the one
 * that the request asks for, unless its operation has but one.
 */
export function readInvocation(
  call: RestCall,
  rooms: LambdaRooms,
  limitBytes: Readonly<Record<string, number>>,
  type = header(call, 'x-amz-invocation-type') ?? 'RequestResponse',
): AskedInvocation {
  const limit = limitBytes[type];
  if (limit === undefined) throw badHeader('invocationType', type, Object.keys(limitBytes));
  const logType = header(call, 'x-amz-log-type') ?? 'None';
  if (!LOG_TYPES.includes(logType)) throw badHeader('logType', logType, LOG_TYPES);
  refuseUnknownKinds(call);
  const { record, ...named } = invokedFunction(call, rooms);
  const { body } = call.request;
  checkSize(body, limit, type);
  if (body.length > 0) parseJson(body);
  const clientContext = readClientContext(header(call, 'x-amz-client-context'));
  const traceId = carriedTrace(call.request, call.caller);
  if (type === 'RequestResponse' && isLooping(rooms.functions, record.key, traceId)) throw looping(record);
  return {
    ...{ type, record, named },
    payload: body.length > 0 ? body : NO_EVENT,
    context: {
      ...(clientContext !== undefined && { clientContext }),
      ...(traceId !== undefined && { traceId }),
    },
    wantsLog: logType === 'Tail',
  };
}

/** The function, ready to run, and the right to run it once, which its user gives back. */
export async function admitted(
  rooms: Pick<LambdaRooms, 'functions' | 'allowance' | 'clock'>,
  record: FunctionRecord,
): Promise<{ readonly ready: FunctionRecord; readonly release: () => void }> {
  const ready = await whenReady(rooms, record);
  if (ready === undefined) throw functionNotFound(record.key);
  if (ready.state.kind !== 'active') throw notReady(ready);
  const permit = rooms.allowance.tryAcquire(ready.key);
  if (permit === undefined) throw throttled(rooms.allowance.reserved(ready.key) !== undefined);
  return { ready, release: () => permit.release() };
}

/** The header that says which version ran. */
export function executedVersion(record: FunctionRecord): Readonly<Record<string, string>> {
  return { 'X-Amz-Executed-Version': record.version };
}

/** No environment could be had; `why` is a sentence. */
export function noRoom(why: string): RestError {
  return tooManyRequests('ConcurrentInvocationLimitExceeded', `Rate Exceeded. ${why}`);
}

function throttled(byReservation: boolean): RestError {
  const which = byReservation
    ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
    : 'ConcurrentInvocationLimitExceeded';
  return tooManyRequests(which, 'Rate Exceeded.');
}

/** The function is stopped: it is invoked by what it has set off itself. */
export function looping({ key }: FunctionRecord): RestError {
  return new RestError(
    400,
    'RecursiveInvocationException',
    `The function ${key.name} was stopped after ${MOST_ROUNDS} rounds: it is invoked by what it has set off itself.`,
  );
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

/** Invocations that no function here is made for; AWS refuses them as well where the function is not. */
function refuseUnknownKinds(call: RestCall): void {
  for (const [name, shown] of UNKNOWN_KINDS) {
    if (header(call, name) !== undefined) throw unsupported(shown);
  }
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

function badHeader(member: string, value: string, known: readonly string[]): RestError {
  return brokenMember(member, value, `Member must satisfy enum value set: [${known.join(', ')}]`);
}

function header(call: RestCall, name: string): string | undefined {
  const value = call.request.headers[name];
  return typeof value === 'string' && value.length > 0 ? value : undefined;
}
