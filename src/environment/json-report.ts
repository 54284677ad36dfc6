import type { SystemLogLevel } from '../function/function.ts';
import { endedOf, initEndedOf } from './ended.ts';
import type { FailedInit, Reported, Started } from './report.ts';

/*
 * What the platform itself says in a function's log when that is in JSON: events as AWS's Telemetry API names them,
 * with the levels that AWS gives them. A function's SystemLogLevel says which are written.
 */

const MEBIBYTE = 1_048_576;
const RANK: Readonly<Record<SystemLogLevel, number>> = { DEBUG: 0, INFO: 1, WARN: 2 };

/** `platform.start`: INFO. */
export function jsonStartLines({ request, record, nowMs }: Started): readonly string[] {
  const told = { requestId: request.requestId, version: record.version };
  return written(record.settings.systemLogLevel, 'INFO', nowMs, 'platform.start', told);
}

/** `platform.runtimeDone`: DEBUG, and `platform.report`: INFO; both WARN for an invocation that went wrong. */
export function jsonEndLines(reported: Reported): readonly string[] {
  const { request, record, end, nowMs, durationMs, initDurationMs, peakMemoryBytes } = reported;
  const level = record.settings.systemLogLevel;
  const status = endedOf(end);
  const isGood = status.status === 'success';
  const { requestId } = request;
  const done = { requestId, ...status, metrics: { durationMs: rounded(durationMs) } };
  const metrics = {
    durationMs: rounded(durationMs),
    billedDurationMs: Math.ceil(durationMs),
    memorySizeMB: record.settings.memorySizeMb,
    ...(peakMemoryBytes !== undefined && { maxMemoryUsedMB: Math.ceil(peakMemoryBytes / MEBIBYTE) }),
    ...(initDurationMs !== undefined && { initDurationMs: rounded(initDurationMs) }),
  };
  return [
    ...written(level, isGood ? 'DEBUG' : 'WARN', nowMs, 'platform.runtimeDone', done),
    ...written(level, isGood ? 'INFO' : 'WARN', nowMs, 'platform.report', { requestId, metrics, ...status }),
  ];
}

/** `platform.initReport` of a start that failed: WARN. */
export function jsonInitReportLines({
  failure,
  phase,
  initialization: initializationType,
  initMs,
  record,
  nowMs,
}: FailedInit): readonly string[] {
  if (failure.kind === 'no-room' || failure.kind === 'unfit') return [];
  const told = {
    ...{ initializationType, phase },
    ...initEndedOf(failure),
    metrics: { durationMs: rounded(initMs) },
  };
  return written(record.settings.systemLogLevel, 'WARN', nowMs, 'platform.initReport', told);
}

function written(
  lowest: SystemLogLevel = 'INFO',
  level: SystemLogLevel,
  nowMs: number,
  type: string,
  record: object,
): readonly string[] {
  if (RANK[level] < RANK[lowest]) return [];
  return [JSON.stringify({ time: new Date(nowMs).toISOString(), type, record })];
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
