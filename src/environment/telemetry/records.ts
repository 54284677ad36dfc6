import type { Ended, Span, TelemetryEvent, TelemetryType, Traced } from './event.ts';
import type { SchemaVersion, Subscription } from './subscription.ts';

/*
 * What happened, as a subscriber gets it: JSON texts of `{"time", "type", "record"}` in the words of its API and schema version.
 */

/** The records of one event: none when the subscriber has not asked for it, or its version has no words for it. */
export function recordsOf(
  event: TelemetryEvent,
  { api, schemaVersion, types }: Pick<Subscription, 'api' | 'schemaVersion' | 'types'>,
): readonly string[] {
  if (!types.includes(typeOf(event))) return [];
  const entries = api === 'logs' ? logsEntries(event, schemaVersion) : telemetryEntries(event, schemaVersion);
  const time = new Date(event.atMs).toISOString();
  return entries.map(([type, record]) => JSON.stringify({ time, type, record }));
}

/** Under which of the three types an event comes. */
function typeOf(event: TelemetryEvent): TelemetryType {
  return event.kind === 'line' ? event.by : 'platform';
}

type Entry = readonly [type: string, record: unknown];

function telemetryEntries(event: TelemetryEvent, version: SchemaVersion): readonly Entry[] {
  switch (event.kind) {
    case 'init-start':
      return [['platform.initStart', initStart(event)]];
    case 'init-runtime-done':
      return [['platform.initRuntimeDone', { ...initPhase(event), ...ended(event) }]];
    case 'init-report':
      return [['platform.initReport', initReport(event, version)]];
    case 'start':
      return [['platform.start', { ...requested(event), version: event.version, ...tracing(event) }]];
    case 'runtime-done':
      return [['platform.runtimeDone', runtimeDone(event)]];
    case 'report':
      return [
        ['platform.report', { ...requested(event), ...report(event), ...ended(event), ...tracing(event) }],
      ];
    case 'line':
      return [[event.by, version === '2022-07-01' ? event.text : lineRecord(event)]];
    default:
      return commonEntries(event);
  }
}

/** The Logs API knows less of each invocation, and its end apart. */
function logsEntries(event: TelemetryEvent, version: SchemaVersion): readonly Entry[] {
  switch (event.kind) {
    case 'init-start':
    case 'init-runtime-done':
    case 'init-report':
      return [];
    case 'start':
      return [['platform.start', { ...requested(event), version: event.version }]];
    case 'runtime-done': {
      const status = event.status === 'error' ? 'failure' : event.status;
      return version === '2020-08-15' ? [] : [['platform.runtimeDone', { ...requested(event), status }]];
    }
    case 'report':
      return [
        ['platform.end', requested(event)],
        ['platform.report', { ...requested(event), ...report(event) }],
      ];
    case 'line':
      return [[event.by, event.text]];
    default:
      return commonEntries(event);
  }
}

type Common = Extract<TelemetryEvent, { readonly kind: 'extension' | 'subscription' | 'dropped' }>;

function commonEntries(event: Common): readonly Entry[] {
  switch (event.kind) {
    case 'extension': {
      const { name, state, events, errorType } = event;
      return [['platform.extension', { name, state, events, ...(errorType !== undefined && { errorType }) }]];
    }
    case 'subscription': {
      const type = event.api === 'logs' ? 'platform.logsSubscription' : 'platform.telemetrySubscription';
      return [[type, { name: event.name, state: 'Subscribed', types: event.types }]];
    }
    case 'dropped': {
      const reason = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';
      const { records: droppedRecords, sizeBytes: droppedBytes } = event;
      return [['platform.logsDropped', { reason, droppedRecords, droppedBytes }]];
    }
  }
}

function initStart(event: Extract<TelemetryEvent, { readonly kind: 'init-start' }>): object {
  const { functionName, functionVersion, runtime, memorySizeMb } = event;
  const instanceMaxMemory = memorySizeMb;
  return { ...initPhase(event), runtimeVersion: runtime, functionName, functionVersion, instanceMaxMemory };
}

/** The first version of the schema has no words for an init that fails. */
function initReport(
  event: Extract<TelemetryEvent, { readonly kind: 'init-report' }>,
  version: SchemaVersion,
): object {
  const metrics = { durationMs: rounded(event.durationMs) };
  return { ...initPhase(event), ...(version === '2022-07-01' ? {} : ended(event)), metrics };
}

function initPhase(event: { readonly initialization: string }): object {
  return { initializationType: event.initialization, phase: 'init' };
}

function runtimeDone(event: Extract<TelemetryEvent, { readonly kind: 'runtime-done' }>): object {
  const { durationMs, producedBytes, spans } = event;
  return {
    ...requested(event),
    ...ended(event),
    metrics: { durationMs: rounded(durationMs), ...(producedBytes !== undefined && { producedBytes }) },
    ...(spans.length > 0 && { spans: spans.map(spanRecord) }),
    ...tracing(event),
  };
}

function report(event: Extract<TelemetryEvent, { readonly kind: 'report' }>): object {
  const { durationMs, memorySizeMb, peakMemoryMb, initDurationMs } = event;
  return {
    metrics: {
      durationMs: rounded(durationMs),
      billedDurationMs: Math.ceil(durationMs),
      memorySizeMB: memorySizeMb,
      // Clients want a number, also of an environment that has ended before anybody could look.
      maxMemoryUsedMB: peakMemoryMb ?? 0,
      ...(initDurationMs !== undefined && { initDurationMs: rounded(initDurationMs) }),
    },
  };
}

function requested({ requestId }: Traced): { readonly requestId: string } {
  return { requestId };
}

function ended({ status, errorType }: Ended): Ended {
  return { status, ...(errorType !== undefined && { errorType }) };
}

function tracing({ traceId }: Traced): object {
  return traceId === undefined ? {} : { tracing: { type: 'X-Amzn-Trace-Id', value: traceId } };
}

function spanRecord({ name, startMs, durationMs }: Span): object {
  return { name, start: new Date(startMs).toISOString(), durationMs: rounded(durationMs) };
}

/** A line of a function that logs in JSON comes as the object that it is. */
function lineRecord({ text, isJson }: Extract<TelemetryEvent, { readonly kind: 'line' }>): unknown {
  if (!isJson || !text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
