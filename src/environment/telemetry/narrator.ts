import type { Clock } from '../../base/clock.ts';
import type { DoorEvent, DoorInvocation, ExtensionFacts } from '../door.ts';
import type { Ended, Span, TelemetrySink } from './event.ts';

/** What the runtime has said about an invocation. */
interface Answer {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly ended: Ended;
  readonly producedBytes?: number;
}

/** An invocation that the runtime has and is not done with. */
interface Running {
  readonly invocation: DoorInvocation;
  readonly beganMs: number;
  pieces?: { readonly beganMs: number; sizeBytes: number };
  answer?: Answer;
}

const SUCCESS: Ended = { status: 'success' };

/** Tells telemetry what a runtime does, as far as its door hears of it. */
export class Narrator {
  readonly #telemetry: TelemetrySink;
  readonly #clock: Clock;
  #facts: ExtensionFacts | undefined;
  /** When the start of the environment began, until that is over. */
  #initBeganMs: number | undefined;
  #isRuntimeLoading = false;
  #running: Running | undefined;

  constructor(telemetry: TelemetrySink, clock: Clock) {
    this.#telemetry = telemetry;
    this.#clock = clock;
  }

  /** The environment is that of a function from now on. */
  begins(facts: ExtensionFacts): void {
    this.#facts = facts;
    this.#initBeganMs = this.#clock.nowMs();
    this.#isRuntimeLoading = true;
    const { functionName, functionVersion, runtime, memorySizeMb, initialization } = facts;
    const told = { functionName, functionVersion, runtime, memorySizeMb, initialization };
    this.#telemetry.tell({ kind: 'init-start', atMs: this.#initBeganMs, ...told });
  }

  /** The runtime gets an invocation. */
  invoked(invocation: DoorInvocation): void {
    if (!this.#telemetry.isWanted) return;
    const atMs = this.#clock.nowMs();
    this.#running = { invocation, beganMs: atMs };
    const version = this.#facts?.functionVersion ?? '';
    this.#telemetry.tell({ kind: 'start', atMs, version, ...traced(invocation) });
  }

  /** The runtime has said something. */
  heard(event: DoorEvent): void {
    if (event.kind === 'ready') this.#runtimeReady();
    else if (event.kind === 'init-failed') this.cutShort({ status: 'error', errorType: event.errorType });
    else if (this.#running !== undefined) this.#answering(this.#running, event);
  }

  /** Runtime and extensions are loaded. */
  loaded(): void {
    this.#initOver(SUCCESS);
  }

  /** Whatever is under way ends like this, and its runtime does not come to say so. */
  cutShort(ended: Ended): void {
    if (this.#isRuntimeLoading) this.#runtimeLoaded(ended);
    this.#initOver(ended);
    if (this.#running !== undefined) this.#runtimeDone(this.#running, ended);
  }

  #answering(running: Running, event: DoorEvent): void {
    const nowMs = this.#clock.nowMs();
    if (event.kind === 'begun') running.pieces = { beganMs: nowMs, sizeBytes: 0 };
    if (event.kind === 'piece' && running.pieces) running.pieces.sizeBytes += event.bytes.length;
    const ended = endOf(event);
    if (ended === undefined) return;
    const producedBytes = event.kind === 'answered' ? event.payload.length : running.pieces?.sizeBytes;
    running.answer = {
      ...{ beganMs: running.pieces?.beganMs ?? nowMs, endedMs: nowMs, ended },
      ...(producedBytes !== undefined && { producedBytes }),
    };
  }

  #runtimeReady(): void {
    if (this.#isRuntimeLoading) this.#runtimeLoaded(SUCCESS);
    else if (this.#running !== undefined)
      this.#runtimeDone(this.#running, this.#running.answer?.ended ?? SUCCESS);
  }

  #runtimeLoaded(ended: Ended): void {
    this.#isRuntimeLoading = false;
    const initialization = this.#facts?.initialization ?? 'on-demand';
    this.#telemetry.tell({ kind: 'init-runtime-done', atMs: this.#clock.nowMs(), initialization, ...ended });
  }

  #initOver(ended: Ended): void {
    if (this.#initBeganMs === undefined) return;
    const atMs = this.#clock.nowMs();
    const durationMs = atMs - this.#initBeganMs;
    this.#initBeganMs = undefined;
    const initialization = this.#facts?.initialization ?? 'on-demand';
    this.#telemetry.tell({ kind: 'init-report', atMs, initialization, durationMs, ...ended });
  }

  #runtimeDone({ invocation, beganMs, answer }: Running, ended: Ended): void {
    this.#running = undefined;
    const atMs = this.#clock.nowMs();
    this.#telemetry.tell({
      ...{ kind: 'runtime-done', atMs, durationMs: atMs - beganMs, ...ended, ...traced(invocation) },
      ...(answer?.producedBytes !== undefined && { producedBytes: answer.producedBytes }),
      spans: answer === undefined ? [] : spansOf(beganMs, answer, atMs),
    });
  }
}

function traced({ requestId, traceId }: DoorInvocation): {
  readonly requestId: string;
  readonly traceId?: string;
} {
  return { requestId, ...(traceId !== undefined && { traceId }) };
}

function endOf(event: DoorEvent): Ended | undefined {
  if (event.kind === 'answered' || event.kind === 'streamed') return SUCCESS;
  if (event.kind === 'failed') return { status: 'error', errorType: event.errorType };
  if (event.kind === 'too-large') return { status: 'error', errorType: 'Function.ResponseSizeTooLarge' };
  return undefined;
}

function spansOf(startMs: number, { beganMs, endedMs }: Answer, doneMs: number): readonly Span[] {
  return [
    { name: 'responseLatency', startMs, durationMs: beganMs - startMs },
    { name: 'responseDuration', startMs: beganMs, durationMs: endedMs - beganMs },
    { name: 'runtimeOverhead', startMs: endedMs, durationMs: doneMs - endedMs },
  ];
}
