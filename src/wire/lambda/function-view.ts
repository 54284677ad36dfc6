import type { LayerUse } from '../../function/layer.ts';
import { LATEST, targetArn, type FunctionRecord } from '../../function/function.ts';

/** Where an update stands: the answer to an update says `in-progress`, whatever has been reached meanwhile. */
export type UpdateView = 'as-it-is' | 'in-progress';

/** A function's configuration as the Lambda API answers it. `qualifier` is what the request named it by. */
export function functionView(
  record: FunctionRecord,
  update: UpdateView = 'as-it-is',
  qualifier = record.version === LATEST ? undefined : record.version,
): Readonly<Record<string, unknown>> {
  const { key, settings } = record;
  const hasVariables = Object.keys(settings.variables).length > 0;
  return {
    FunctionName: key.name,
    FunctionArn: targetArn({ ...key, ...(qualifier !== undefined && { qualifier }) }),
    Runtime: settings.runtime,
    Role: settings.role,
    Handler: settings.handler,
    CodeSize: record.package.sizeBytes,
    Description: settings.description,
    Timeout: settings.timeoutMs / 1000,
    MemorySize: settings.memorySizeMb,
    LastModified: lambdaTime(record.modifiedAtMs),
    CodeSha256: Buffer.from(record.package.sha256, 'hex').toString('base64'),
    Version: record.version,
    ...(hasVariables ? { Environment: { Variables: settings.variables } } : {}),
    ...(settings.deadLetterArn ? { DeadLetterConfig: { TargetArn: settings.deadLetterArn } } : {}),
    ...(settings.layers?.length ? { Layers: settings.layers.map(layerUseView) } : {}),
    TracingConfig: { Mode: settings.tracing ?? 'PassThrough' },
    RevisionId: record.revisionId,
    ...stateView(record, update),
    PackageType: 'Zip',
    Architectures: [settings.architecture],
    EphemeralStorage: { Size: settings.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: {
      RuntimeVersionArn: `arn:aws:lambda:${key.region}::runtime:${settings.runtime}`,
    },
    LoggingConfig: loggingView(record),
  };
}

/** Members that AWS leaves out of lists. */
const UNLISTED: ReadonlySet<string> = new Set([
  ...['State', 'StateReason', 'StateReasonCode', 'RuntimeVersionConfig'],
  ...['LastUpdateStatus', 'LastUpdateStatusReason', 'LastUpdateStatusReasonCode'],
]);

/** A configuration in ListFunctions and ListVersionsByFunction: without its states. */
export function listedFunctionView(
  record: FunctionRecord,
  qualifier?: string,
): Readonly<Record<string, unknown>> {
  const view = Object.entries(functionView(record, 'as-it-is', qualifier));
  return Object.fromEntries(view.filter(([name]) => !UNLISTED.has(name)));
}

function layerUseView({ arn, sizeBytes }: LayerUse): object {
  return { Arn: arn, CodeSize: sizeBytes };
}

/** Levels are shown where they count: in a JSON log. */
function loggingView({ key, settings }: FunctionRecord): object {
  const { logFormat, applicationLogLevel = 'INFO', systemLogLevel = 'INFO' } = settings;
  const levels = { ApplicationLogLevel: applicationLogLevel, SystemLogLevel: systemLogLevel };
  return {
    LogFormat: logFormat,
    ...(logFormat === 'JSON' && levels),
    LogGroup: `/aws/lambda/${key.name}`,
  };
}

/**
 * `State` and `LastUpdateStatus`: a function or version whose package is unpacked for the first time is `Pending`; one
 * whose code is replaced stays `Active` while its update is `InProgress`.
 */
function stateView(record: FunctionRecord, update: UpdateView): object {
  const { state, createdAtMs, modifiedAtMs, version } = record;
  const isFirst = createdAtMs === modifiedAtMs || version !== LATEST;
  const creating = 'The function is being created.';
  if (state.kind === 'pending' && isFirst) {
    return { State: 'Pending', StateReason: creating, StateReasonCode: 'Creating' };
  }
  if (state.kind === 'failed' && isFirst) {
    return { State: 'Failed', StateReason: state.reason, StateReasonCode: 'InvalidZipFileException' };
  }
  const updated = (LastUpdateStatus: string, reason?: string, code?: string): object => ({
    State: 'Active',
    LastUpdateStatus,
    ...(reason === undefined ? {} : { LastUpdateStatusReason: reason, LastUpdateStatusReasonCode: code }),
  });
  if (state.kind === 'failed') return updated('Failed', state.reason, 'InvalidZipFileException');
  const busy = state.kind === 'pending' || update === 'in-progress';
  return busy ? updated('InProgress', creating, 'Creating') : updated('Successful');
}

/** A time as functions carry it: `2026-01-02T03:04:05.678+0000`. */
export function lambdaTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '+0000');
}
