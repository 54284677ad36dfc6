import type { EnvironmentKeys } from '../access/environment-keys.ts';
import type { Clock } from '../base/clock.ts';
import { targetArn, type FunctionRecord } from '../function/function.ts';
import { traceOnwards } from '../function/lineage.ts';
import { LARGEST_ANSWER_BYTES, LARGEST_STREAM_BYTES } from '../function/limits.ts';
import type { Tell } from '../watch/event.ts';
import type { DoorInvocation } from './door.ts';
import type { Environment, Run } from './environment.ts';
import type { Lease } from './group.ts';
import type { AnswerSink, InvokeRequest, Invoker } from './invoke.ts';
import { failedStartEnd, failedStartLine, invokeEnd } from './ends.ts';
import type { EnvironmentPool } from './pool.ts';
import { Collected, Relay } from './relay.ts';
import { linesAfter, linesBefore, reportEvent } from './platform-lines.ts';
import type { InvokeResult } from './result.ts';

/** What {@link PoolInvoker} works with. */
export interface PoolInvokerOptions {
  readonly pool: EnvironmentPool;
  readonly clock: Clock;
  readonly tell: Tell;
  /** The function as it stands now: an invocation never runs on an older revision than that. */
  readonly latest: (record: FunctionRecord) => FunctionRecord;
  /** Learns of which trace the invocation is that an environment runs. */
  readonly keys?: Pick<EnvironmentKeys, 'runs'>;
}

/** Runs invocations in the pool's environments and writes what AWS writes around them into the log. */
export class PoolInvoker implements Invoker {
  readonly #options: PoolInvokerOptions;

  constructor(options: PoolInvokerOptions) {
    this.#options = options;
  }

  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const record = this.#options.latest(request.function);
    const beganMs = this.#options.clock.nowMs();
    const lease = await this.#options.pool.lease(record);
    const result =
      lease.kind === 'environment'
        ? await this.#run(request, record, lease)
        : this.#notStarted(request, lease, this.#options.clock.nowMs() - beganMs);
    this.#options.tell({
      kind: 'invoked',
      function: record.key.name,
      requestId: request.requestId,
      outcome: result.kind,
      durationMs: result.durationMs,
    });
    return result;
  }

  async #run(
    request: InvokeRequest,
    record: FunctionRecord,
    { environment, isCold, beganMs: earlierMs }: Lease & { readonly kind: 'environment' },
  ): Promise<InvokeResult> {
    const { clock } = this.#options;
    const { log } = environment;
    log.begin();
    log.write(...linesBefore({ request, record, nowMs: clock.nowMs() }));
    const beganMs = earlierMs ?? clock.nowMs();
    const invocation = this.#invocation(request, record, beganMs);
    this.#options.keys?.runs(environment.id, invocation.traceId);
    const { end, again } = await ranIn(environment, invocation, request.sink);
    const durationMs = clock.nowMs() - beganMs;
    if (environment.peakMemoryBytes === undefined && end.kind !== 'exited') await measured(environment);
    const figures = this.#figures(environment, isCold, durationMs);
    log.flush();
    log.write(...linesAfter({ request, record, end, nowMs: clock.nowMs(), ...figures }));
    const logTail = log.takeTail();
    const told = { request: invocation, record, end, ...figures };
    void again.then(() => environment.tell(() => reportEvent({ ...told, nowMs: clock.nowMs() })));
    this.#keep(record, environment, again);
    return { ...invokeEnd(request.requestId, end, record.settings.timeoutMs), ...figures, logTail };
  }

  #figures(environment: Environment, isCold: boolean, durationMs: number) {
    const { id: environmentId, peakMemoryBytes, initDurationMs } = environment;
    return {
      environmentId,
      durationMs,
      ...(isCold && { initDurationMs }),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
    };
  }

  /** Gives the environment back once it can take another invocation. */
  #keep(record: FunctionRecord, environment: Environment, again: Promise<boolean>): void {
    void again.then((isReady) => {
      if (isReady) this.#options.pool.giveBack(record, environment);
      else environment.stop('ended with its invocation');
    });
  }

  #notStarted(
    request: InvokeRequest,
    lease: Lease & { readonly kind: 'failed' },
    durationMs: number,
  ): InvokeResult {
    const end = failedStartEnd(request.requestId, lease.failure);
    const line = failedStartLine(request.requestId, lease.failure);
    if (line !== undefined) lease.log?.write(line);
    const logTail = lease.log?.takeTail() ?? Buffer.alloc(0);
    return {
      ...end,
      durationMs,
      ...(lease.initMs !== undefined && { initDurationMs: lease.initMs }),
      logTail,
    };
  }

  #invocation(
    request: InvokeRequest,
    record: FunctionRecord,
    beganMs: number,
  ): DoorInvocation & { readonly traceId: string } {
    const { requestId, payload, clientContext, qualifier } = request;
    const { timeoutMs, tracing } = record.settings;
    return {
      requestId,
      functionArn: targetArn({ ...record.key, ...(qualifier !== undefined && { qualifier }) }),
      deadlineMs: beganMs + timeoutMs,
      remainingMs: beganMs + timeoutMs - this.#options.clock.nowMs(),
      payload,
      ...(clientContext !== undefined && { clientContext }),
      traceId: traceOnwards(request.traceId, record.key, {
        id: requestId,
        nowMs: beganMs,
        isSampled: tracing === 'Active',
      }),
    };
  }
}

/** Runs an invocation; an answer in pieces for which there is no sink is put together. */
async function ranIn(environment: Environment, invocation: DoorInvocation, sink?: AnswerSink): Promise<Run> {
  if (sink !== undefined) {
    return environment.run(invocation, (door) => new Relay(sink, LARGEST_STREAM_BYTES, door));
  }
  const collected = new Collected();
  const run = await environment.run(invocation, (door) => new Relay(collected, LARGEST_ANSWER_BYTES, door));
  return run.end.kind === 'streamed'
    ? { ...run, end: { kind: 'answered', payload: collected.bytes() } }
    : run;
}

/** The figure is good to have, no more: an environment that is ending cannot be looked at. What it uses now is looked at when nobody waits. */
async function measured(environment: Environment): Promise<void> {
  await environment.measurePeak().catch(() => undefined);
}
