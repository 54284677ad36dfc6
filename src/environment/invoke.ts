import type { RequestId } from '../base/ids.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { InvokeResult } from './result.ts';

/** One invocation to run. The caller holds a permit of the allowance. */
export interface InvokeRequest {
  readonly function: FunctionRecord;
  readonly requestId: RequestId;
  /** The event, JSON bytes; passed through unparsed. */
  readonly payload: Uint8Array;
  /** JSON text. */
  readonly clientContext?: string;
  readonly traceId?: string;
}

/** Runs invocations in execution environments: an idle one, or a new one. Never throws for what a function does. */
export interface Invoker {
  invoke(request: InvokeRequest): Promise<InvokeResult>;
}
