import type { RequestId } from '../base/ids.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { InvokeResult } from './result.ts';

/** The content type of an answer that says first what it is: status and headers as JSON, eight zero bytes, then its body. */
export const URL_ANSWER_TYPE = 'application/vnd.awslambda.http-integration-response';

/** Takes an answer in pieces while the handler still runs. */
export interface AnswerSink {
  /** The handler has begun to answer in pieces of this content type; before the first of them. */
  begin(contentType: string): void;
  /** Takes the next piece. A promise resolves when there is room for more; nothing means at once. */
  take(bytes: Uint8Array): Promise<void> | undefined;
}

/** One invocation to run. The caller holds a permit of the allowance. */
export interface InvokeRequest {
  readonly function: FunctionRecord;
  /** The version or alias that was named, as the function sees it in its ARN; not given: none was. */
  readonly qualifier?: string;
  readonly requestId: RequestId;
  /** The event, JSON bytes; passed through unparsed. */
  readonly payload: Uint8Array;
  /** JSON text. */
  readonly clientContext?: string;
  readonly traceId?: string;
  /** Where the pieces of an answer go that comes in pieces; not given: it is collected, and bounded as any other. */
  readonly sink?: AnswerSink;
}

/** Runs invocations in execution environments: an idle one, or a new one. Never throws for what a function does. */
export interface Invoker {
  invoke(request: InvokeRequest): Promise<InvokeResult>;
}
