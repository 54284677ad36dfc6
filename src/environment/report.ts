import type { RequestId } from '../base/ids.ts';
import type { FunctionRecord } from '../function/function.ts';
import type { RunEnd, StartFailure } from './outcomes.ts';
import { exitErrorType, exitText, timedOutText } from './payloads.ts';
import type { InitializationType } from './variables.ts';

const MEBIBYTE = 1_048_576;

/** What the first line of an invocation tells. */
export interface Started {
  readonly request: { readonly requestId: RequestId };
  readonly record: FunctionRecord;
  readonly nowMs: number;
}

/** What is told of a start that failed. */
export interface FailedInit {
  readonly record: FunctionRecord;
  readonly failure: StartFailure;
  readonly phase: 'init' | 'invoke';
  readonly initialization: InitializationType;
  readonly initMs: number;
  readonly nowMs: number;
}

/** What the last lines of an invocation tell. */
export interface Reported extends Started {
  readonly end: RunEnd;
  readonly durationMs: number;
  readonly initDurationMs?: number;
  readonly peakMemoryBytes?: number;
}

/** The first line of an invocation. */
export function startLine(requestId: RequestId, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`;
}

/** How a failed start stands in the log, as AWS writes it; undefined when nothing of the function was started. */
export function initReportLine(
  reported: Pick<FailedInit, 'failure' | 'phase' | 'initMs'>,
): string | undefined {
  const { failure, phase, initMs } = reported;
  if (failure.kind === 'no-room' || failure.kind === 'unfit') return undefined;
  const status =
    failure.kind === 'init-timed-out'
      ? ['Status: timeout']
      : [
          'Status: error',
          `Error Type: ${failure.kind === 'exited' ? exitErrorType(failure.exit) : failure.errorType}`,
        ];
  const parts = [`INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms`, `Phase: ${phase}`, ...status];
  return parts.join('\t');
}

/** What went wrong, if the runtime could not say it itself, then END and REPORT, as AWS writes them. */
export function endLines(reported: Reported): readonly string[] {
  const { requestId } = reported.request;
  return [...troubleLines(reported), `END RequestId: ${requestId}`, reportLine(reported)];
}

function troubleLines({ request, record, end, nowMs }: Reported): readonly string[] {
  const { requestId } = request;
  if (end.kind === 'timed-out') {
    return [`${new Date(nowMs).toISOString()} ${requestId} ${timedOutText(record.settings.timeoutMs)}`];
  }
  if (end.kind === 'exited') {
    return [`RequestId: ${requestId} Error: ${exitText(end.exit)}`, exitErrorType(end.exit)];
  }
  return [];
}

function reportLine(reported: Reported): string {
  const { request, record, durationMs, initDurationMs, peakMemoryBytes } = reported;
  const parts = [
    `REPORT RequestId: ${request.requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs)} ms`,
    `Memory Size: ${record.settings.memorySizeMb} MB`,
    ...(peakMemoryBytes === undefined
      ? []
      : [`Max Memory Used: ${Math.ceil(peakMemoryBytes / MEBIBYTE)} MB`]),
    ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
    ...statusOf(reported.end),
  ];
  return `${parts.join('\t')}\t`;
}

function statusOf(end: RunEnd): readonly string[] {
  if (end.kind === 'timed-out') return ['Status: timeout'];
  if (end.kind === 'exited') return ['Status: error', `Error Type: ${exitErrorType(end.exit)}`];
  return [];
}
