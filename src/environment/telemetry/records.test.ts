import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TelemetryEvent } from './event.ts';
import { recordsOf } from './records.ts';
import type { SchemaVersion, TelemetryApiName } from './subscription.ts';

const AT = { atMs: 1_700_000_000_000 };
const TIME = '2023-11-14T22:13:20.000Z';
const REQUEST = { requestId: '8476a536', traceId: 'Root=1-x' };
const TYPES = ['platform', 'function', 'extension'] as const;
const INIT = { initialization: 'on-demand' } as const;

const REPORT: TelemetryEvent = {
  ...{ kind: 'report', ...AT, ...REQUEST, durationMs: 12.3456, memorySizeMb: 128 },
  ...{ peakMemoryMb: 40, initDurationMs: 100.5, status: 'error', errorType: 'Error' },
};
const DONE: TelemetryEvent = {
  ...{ kind: 'runtime-done', ...AT, ...REQUEST, durationMs: 10, producedBytes: 7, status: 'error' },
  ...{ errorType: 'Error', spans: [{ name: 'responseLatency', startMs: AT.atMs, durationMs: 9.5 }] },
};

function told(
  event: TelemetryEvent,
  api: TelemetryApiName = 'telemetry',
  schemaVersion: SchemaVersion = '2022-12-13',
): readonly unknown[] {
  return recordsOf(event, { api, schemaVersion, types: TYPES }).map((text): unknown => JSON.parse(text));
}

function entry(type: string, record: unknown): unknown {
  return { time: TIME, type, record };
}

test('an invocation in the words of the Telemetry API', () => {
  const tracing = { type: 'X-Amzn-Trace-Id', value: 'Root=1-x' };
  const { requestId } = REQUEST;
  const start: TelemetryEvent = { kind: 'start', ...AT, ...REQUEST, version: '$LATEST' };
  assert.deepEqual(told(start), [entry('platform.start', { requestId, version: '$LATEST', tracing })]);
  assert.deepEqual(told(DONE), [
    entry('platform.runtimeDone', {
      ...{ requestId, status: 'error', errorType: 'Error', tracing },
      metrics: { durationMs: 10, producedBytes: 7 },
      spans: [{ name: 'responseLatency', start: TIME, durationMs: 9.5 }],
    }),
  ]);
  assert.deepEqual(told(REPORT), [
    entry('platform.report', {
      ...{ requestId, status: 'error', errorType: 'Error', tracing },
      metrics: {
        ...{ durationMs: 12.346, billedDurationMs: 13, memorySizeMB: 128 },
        ...{ maxMemoryUsedMB: 40, initDurationMs: 100.5 },
      },
    }),
  ]);
});

test('the start of an environment in the words of the Telemetry API', () => {
  const function_ = { functionName: 'f', functionVersion: '1' };
  const started: TelemetryEvent = {
    ...{ kind: 'init-start', ...AT, ...INIT, ...function_, runtime: 'nodejs24.x', memorySizeMb: 256 },
  };
  const init = { initializationType: 'on-demand', phase: 'init' };
  assert.deepEqual(told(started), [
    entry('platform.initStart', {
      ...{ ...init, ...function_, runtimeVersion: 'nodejs24.x', instanceMaxMemory: 256 },
    }),
  ]);
  const failure = { status: 'timeout' } as const;
  assert.deepEqual(told({ kind: 'init-runtime-done', ...AT, ...INIT, ...failure }), [
    entry('platform.initRuntimeDone', { ...init, ...failure }),
  ]);
  const report: TelemetryEvent = { kind: 'init-report', ...AT, ...INIT, durationMs: 5, ...failure };
  const metrics = { durationMs: 5 };
  assert.deepEqual(told(report), [entry('platform.initReport', { ...init, ...failure, metrics })]);
  assert.deepEqual(told(report, 'telemetry', '2022-07-01'), [
    entry('platform.initReport', { ...init, metrics }),
  ]);
});

test('the same in the words of the Logs API: less of it, its end apart, runtimeDone in the newer version alone', () => {
  const { requestId } = REQUEST;
  const metrics = {
    ...{ durationMs: 12.346, billedDurationMs: 13, memorySizeMB: 128 },
    ...{ maxMemoryUsedMB: 40, initDurationMs: 100.5 },
  };
  assert.deepEqual(told(REPORT, 'logs', '2021-03-18'), [
    entry('platform.end', { requestId }),
    entry('platform.report', { requestId, metrics }),
  ]);
  assert.deepEqual(told(DONE, 'logs', '2021-03-18'), [
    entry('platform.runtimeDone', { requestId, status: 'failure' }),
  ]);
  assert.deepEqual(told(DONE, 'logs', '2020-08-15'), []);
  assert.deepEqual(
    told({ kind: 'init-report', ...AT, ...INIT, durationMs: 1, status: 'success' }, 'logs'),
    [],
  );
});

test('extensions, subscriptions and losses', () => {
  const extension = { name: 'beside', state: 'Ready', events: ['INVOKE'] } as const;
  assert.deepEqual(told({ kind: 'extension', ...AT, ...extension }), [
    entry('platform.extension', extension),
  ]);
  const subscription = { kind: 'subscription', ...AT, name: 'beside', types: ['function'] } as const;
  const record = { name: 'beside', state: 'Subscribed', types: ['function'] };
  assert.deepEqual(told({ ...subscription, api: 'telemetry' }), [
    entry('platform.telemetrySubscription', record),
  ]);
  assert.deepEqual(told({ ...subscription, api: 'logs' }), [entry('platform.logsSubscription', record)]);
  const reason = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';
  assert.deepEqual(told({ kind: 'dropped', ...AT, records: 3, sizeBytes: 99 }), [
    entry('platform.logsDropped', { reason, droppedRecords: 3, droppedBytes: 99 }),
  ]);
});

test('lines come as text, and as objects where the function logs in JSON', () => {
  const line = { kind: 'line', ...AT, by: 'function', text: '{"a":1}', isJson: true } as const;
  assert.deepEqual(told(line), [entry('function', { a: 1 })]);
  assert.deepEqual(told({ ...line, isJson: false }), [entry('function', '{"a":1}')]);
  assert.deepEqual(told(line, 'telemetry', '2022-07-01'), [entry('function', '{"a":1}')]);
  assert.deepEqual(told(line, 'logs', '2021-03-18'), [entry('function', '{"a":1}')]);
  assert.deepEqual(told({ ...line, text: '{broken', by: 'extension' }), [entry('extension', '{broken')]);
});

test('what was not asked for is not told', () => {
  const line = { kind: 'line', ...AT, by: 'function', text: 'x', isJson: false } as const;
  const asked = { api: 'telemetry', schemaVersion: '2022-12-13', types: ['platform', 'extension'] } as const;
  assert.deepEqual(recordsOf(line, asked), []);
  assert.equal(recordsOf({ ...line, by: 'extension' }, asked).length, 1);
});
