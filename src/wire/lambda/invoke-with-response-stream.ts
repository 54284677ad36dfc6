import type { InvokeResult } from '../../environment/result.ts';
import { eventMessage } from '../event-stream.ts';
import type { RestAnswer, RestCall } from '../rest-protocol.ts';
import { admitted, executedVersion, LARGEST_SYNC_BYTES, noRoom, readInvocation } from './invocation.ts';
import { PieceChannel } from './piece-channel.ts';
import type { LambdaRooms } from './rooms.ts';

const LIMIT_BYTES = { RequestResponse: LARGEST_SYNC_BYTES, DryRun: LARGEST_SYNC_BYTES };

/** An answer that did not come in pieces goes out in pieces of this size. */
const PIECE_BYTES = 262_144;

/**
 * `POST /2021-11-15/functions/{FunctionName}/response-streaming-invocations` → 200 with an event stream: any number of
 * `PayloadChunk` as the handler writes them, and one `InvokeComplete`, which tells how the invocation ended.
 */
export async function invokeWithResponseStream(call: RestCall, rooms: LambdaRooms): Promise<RestAnswer> {
  const asked = readInvocation(call, rooms, LIMIT_BYTES);
  const { payload, context, named, wantsLog } = asked;
  if (asked.type === 'DryRun') return { status: 204, headers: executedVersion(asked.record) };
  const { ready, release } = await admitted(rooms, asked.record);
  const sink = new PieceChannel();
  const { requestId } = call.request;
  const running = rooms.invoker
    .invoke({ function: ready, requestId, payload, ...context, ...named, sink })
    .finally(() => {
      release();
      sink.end();
    });
  const early = await Promise.race([sink.begun, running]);
  if (early?.kind === 'no-room') throw noRoom(early.why);
  const headers = { ...executedVersion(ready), 'Content-Type': 'application/vnd.amazon.eventstream' };
  return { status: 200, headers, pieces: events(sink, running, wantsLog) };
}

async function* events(
  sink: PieceChannel,
  running: Promise<InvokeResult>,
  withLog: boolean,
): AsyncGenerator<Uint8Array> {
  for await (const piece of sink.pieces()) yield chunk(piece);
  const result = await running;
  if (result.kind === 'answered') {
    for (let at = 0; at < result.payload.length; at += PIECE_BYTES) {
      yield chunk(result.payload.subarray(at, at + PIECE_BYTES));
    }
  }
  yield completion(result, withLog);
}

function chunk(bytes: Uint8Array): Uint8Array {
  const headers = { ':message-type': 'event', ':event-type': 'PayloadChunk' };
  return eventMessage({ ...headers, ':content-type': 'application/octet-stream' }, bytes);
}

/** An error's type and payload are its details; its code is the word that Invoke says in `X-Amz-Function-Error`. */
function completion(result: InvokeResult, withLog: boolean): Uint8Array {
  const error = result.kind === 'answered' ? undefined : errorOf(result);
  const told = {
    ...(error !== undefined && { ErrorCode: 'Unhandled', ErrorDetails: error }),
    ...(withLog && { LogResult: Buffer.from(result.logTail).toString('base64') }),
  };
  const headers = { ':message-type': 'event', ':event-type': 'InvokeComplete' };
  return eventMessage({ ...headers, ':content-type': 'application/json' }, Buffer.from(JSON.stringify(told)));
}

function errorOf(result: Exclude<InvokeResult, { readonly kind: 'answered' }>): string {
  return result.kind === 'no-room' ? result.why : Buffer.from(result.payload).toString('utf8');
}
