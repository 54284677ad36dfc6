import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extensionLines } from './extension-lines.ts';
import type { TelemetryEvent } from './telemetry/event.ts';

const AT = { atMs: 1_700_000_000_000 };
const READY: TelemetryEvent = {
  ...{ kind: 'extension', ...AT, name: 'beside', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'] },
};

test('extensions stand in a text log as AWS writes them', () => {
  const text = { logFormat: 'Text' } as const;
  assert.deepEqual(extensionLines(READY, text), [
    'EXTENSION\tName: beside\tState: Ready\tEvents: [INVOKE, SHUTDOWN]',
  ]);
  assert.deepEqual(extensionLines({ ...READY, state: 'Exited', errorType: 'Extension.Crash' }, text), [
    'EXTENSION\tName: beside\tState: Exited\tEvents: [INVOKE, SHUTDOWN]\tError Type: Extension.Crash',
  ]);
  const subscription = {
    kind: 'subscription',
    ...AT,
    name: 'beside',
    types: ['platform', 'function'],
  } as const;
  assert.deepEqual(extensionLines({ ...subscription, api: 'telemetry' }, text), [
    'TELEMETRY\tName: beside\tState: Subscribed\tTypes: [Platform, Function]',
  ]);
  assert.deepEqual(extensionLines({ ...subscription, api: 'logs' }, text), [
    'LOGS\tName: beside\tState: Subscribed\tTypes: [Platform, Function]',
  ]);
});

test('in a JSON log they are events, where its level lets them be', () => {
  const [line] = extensionLines(READY, { logFormat: 'JSON' });
  assert.equal((JSON.parse(line ?? '{}') as { readonly type?: string }).type, 'platform.extension');
  assert.deepEqual(extensionLines(READY, { logFormat: 'JSON', systemLogLevel: 'WARN' }), []);
});

test('nothing else of telemetry stands in the log', () => {
  const printed: TelemetryEvent = { kind: 'line', ...AT, by: 'function', text: 'x', isJson: false };
  assert.deepEqual(extensionLines(printed, { logFormat: 'Text' }), []);
});
