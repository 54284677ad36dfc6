import type { DoorInvocation } from './door.ts';
import { endedOf } from './ended.ts';
import { jsonEndLines, jsonInitReportLines, jsonStartLines } from './json-report.ts';
import {
  endLines,
  initReportLine,
  startLine,
  type FailedInit,
  type Reported,
  type Started,
} from './report.ts';

import type { TelemetryEvent } from './telemetry/event.ts';

const MEBIBYTE = 1_048_576;

/*
 * What the platform writes into a function's log, in the format that the function's owner has chosen.
 */

/** Before an invocation. */
export function linesBefore(started: Started): readonly string[] {
  if (started.record.settings.logFormat === 'JSON') return jsonStartLines(started);
  return [startLine(started.request.requestId, started.record.version)];
}

/** After an invocation. */
export function linesAfter(reported: Reported): readonly string[] {
  return reported.record.settings.logFormat === 'JSON' ? jsonEndLines(reported) : endLines(reported);
}

/** After an invocation, for its extensions. */
export function reportEvent(
  reported: Omit<Reported, 'request'> & { readonly request: Pick<DoorInvocation, 'requestId' | 'traceId'> },
): TelemetryEvent {
  const { request, record, end, nowMs, durationMs, initDurationMs, peakMemoryBytes } = reported;
  return {
    ...{ kind: 'report', atMs: nowMs, durationMs, memorySizeMb: record.settings.memorySizeMb },
    requestId: request.requestId,
    ...(request.traceId !== undefined && { traceId: request.traceId }),
    ...(peakMemoryBytes !== undefined && { peakMemoryMb: Math.ceil(peakMemoryBytes / MEBIBYTE) }),
    ...(initDurationMs !== undefined && { initDurationMs }),
    ...endedOf(end),
  };
}

/** After a start that failed. */
export function linesOfFailedInit(failed: FailedInit): readonly string[] {
  if (failed.record.settings.logFormat === 'JSON') return jsonInitReportLines(failed);
  const line = initReportLine(failed);
  return line === undefined ? [] : [line];
}
