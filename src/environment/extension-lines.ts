import type { FunctionSettings } from '../function/function.ts';
import type { TelemetryEvent } from './telemetry/event.ts';
import { recordsOf } from './telemetry/records.ts';

/** What AWS writes into a function's log about its extensions: that they are ready, or not, and what they have subscribed to. */
export function extensionLines(
  event: TelemetryEvent,
  { logFormat, systemLogLevel = 'INFO' }: Pick<FunctionSettings, 'logFormat' | 'systemLogLevel'>,
): readonly string[] {
  if (event.kind !== 'extension' && event.kind !== 'subscription') return [];
  if (logFormat === 'Text') return [line(event)];
  if (systemLogLevel === 'WARN') return [];
  return recordsOf(event, { api: 'telemetry', schemaVersion: '2022-12-13', types: ['platform'] });
}

function line(event: Extract<TelemetryEvent, { readonly kind: 'extension' | 'subscription' }>): string {
  if (event.kind === 'subscription') {
    const types = event.types.map((type) => type.charAt(0).toUpperCase() + type.slice(1));
    const what = event.api === 'logs' ? 'LOGS' : 'TELEMETRY';
    return `${what}\tName: ${event.name}\tState: Subscribed\tTypes: [${types.join(', ')}]`;
  }
  const { name, state, events, errorType } = event;
  const error = errorType === undefined ? '' : `\tError Type: ${errorType}`;
  return `EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(', ')}]${error}`;
}
