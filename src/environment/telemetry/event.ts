import type { InitializationType } from '../variables.ts';

/** What extensions may subscribe to: what the platform does, and what function and extensions print. */
export type TelemetryType = 'platform' | 'function' | 'extension';

/** How something ended, in AWS's words. */
export interface Ended {
  readonly status: 'success' | 'error' | 'timeout';
  readonly errorType?: string;
}

/** An invocation or a part of it, in X-Ray's words. */
export interface Traced {
  readonly requestId: string;
  readonly traceId?: string;
}

/** A part of an invocation. */
export interface Span {
  readonly name: 'responseLatency' | 'responseDuration' | 'runtimeOverhead';
  readonly startMs: number;
  readonly durationMs: number;
}

/** Something that happened in an environment and that its extensions may want to know. */
export type TelemetryEvent = { readonly atMs: number } & (
  | {
      readonly kind: 'init-start';
      readonly initialization: InitializationType;
      readonly functionName: string;
      readonly functionVersion: string;
      readonly runtime: string;
      readonly memorySizeMb: number;
    }
  | ({ readonly kind: 'init-runtime-done'; readonly initialization: InitializationType } & Ended)
  | ({
      readonly kind: 'init-report';
      readonly initialization: InitializationType;
      readonly durationMs: number;
    } & Ended)
  | ({ readonly kind: 'start'; readonly version: string } & Traced)
  | ({
      readonly kind: 'runtime-done';
      readonly durationMs: number;
      readonly producedBytes?: number;
      readonly spans: readonly Span[];
    } & Traced &
      Ended)
  | ({
      readonly kind: 'report';
      readonly durationMs: number;
      readonly memorySizeMb: number;
      readonly peakMemoryMb?: number;
      readonly initDurationMs?: number;
    } & Traced &
      Ended)
  | {
      readonly kind: 'extension';
      readonly name: string;
      readonly state: 'Ready' | 'InitError' | 'ExitError' | 'Exited';
      readonly events: readonly string[];
      readonly errorType?: string;
    }
  | {
      readonly kind: 'subscription';
      readonly api: 'telemetry' | 'logs';
      readonly name: string;
      readonly types: readonly TelemetryType[];
    }
  | { readonly kind: 'dropped'; readonly records: number; readonly sizeBytes: number }
  /** A line that was printed. `isJson`: the function logs in JSON. */
  | {
      readonly kind: 'line';
      readonly by: 'function' | 'extension';
      readonly text: string;
      readonly isJson: boolean;
    }
);

/** Takes what happens in one environment. Never waits, never fails. */
export interface TelemetrySink {
  /** False while nobody would learn of what invocations do. */
  readonly isWanted: boolean;
  tell(event: TelemetryEvent): void;
  /** From now on `listener` is told everything as well: the platform's own, which needs no subscription. */
  hear(listener: (event: TelemetryEvent) => void): void;
  /** The environment is frozen: nothing is delivered to it. */
  pause(): void;
  resume(): void;
  /** The environment ends: what waits is delivered at once. */
  hurry(): void;
}

/** Where nobody can subscribe. */
export const NO_TELEMETRY: TelemetrySink = {
  isWanted: false,
  tell: () => undefined,
  hear: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  hurry: () => undefined,
};
