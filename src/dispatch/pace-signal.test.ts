import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvokeEnd } from '../environment/result.ts';
import { paceSignal } from './pace-signal.ts';

const figures = { durationMs: 1, logTail: Buffer.alloc(0) };
const payload = Buffer.from('{}');
const nothing = { throttled: false, allFailed: false, allDelayed: false };

function ofError(errorType: string, errorMessage = ''): string {
  return paceSignal({ kind: 'function-error', payload, errorType, errorMessage, ...figures }, nothing);
}

test('errors by which services throttle are known by their type', () => {
  for (const type of [
    'ThrottlingException',
    'TooManyRequestsException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'SlowDown',
    'com.amazonaws.services.dynamodbv2.model.ThrottlingException',
    'RateLimitError',
  ]) {
    assert.equal(ofError(type), 'throttled', type);
  }
});

test('a connection that fails or takes too long is known in the words of every language', () => {
  const errors: [string, string][] = [
    ['Error', 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['AxiosError', 'Request failed with status code 503'],
    ['AxiosError', 'Request failed with status code 429'],
    ['ConnectionRefusedError', '[Errno 111] Connection refused'],
    ['ReadTimeoutError', ''],
    ['OperationalError', 'could not connect to server'],
    ['java.net.ConnectException', 'Connection refused'],
    ['java.net.SocketTimeoutException', 'Read timed out'],
    ['*net.OpError', 'dial tcp 127.0.0.1:5432: connect: connection refused'],
    ['errorString', 'FATAL: sorry, too many connections'],
  ];
  for (const [type, message] of errors)
    assert.equal(ofError(type, message), 'unreachable', `${type} ${message}`);
});

test('other errors of a handler are failures', () => {
  const errors = [
    ['Error', 'no such order 429'],
    ['TypeError', 'x is not a function'],
    ['ValueError', 'rate limit must be a number'],
    ['ConnectorNotConfigured', ''],
  ] as const;
  for (const [type, message] of errors) assert.equal(ofError(type, message), 'failed', `${type} ${message}`);
});

test('answers are fine unless they say otherwise; a time-out is a failure; crashes and full machines say nothing', () => {
  const of = (end: InvokeEnd, says = nothing): string => paceSignal({ ...end, ...figures }, says);
  assert.equal(of({ kind: 'answered', payload }), 'fine');
  assert.equal(of({ kind: 'answered', payload }, { ...nothing, throttled: true }), 'throttled');
  assert.equal(of({ kind: 'answered', payload }, { ...nothing, allFailed: true }), 'failed');
  assert.equal(
    of({ kind: 'answered', payload }, { ...nothing, allFailed: true, allDelayed: true }),
    'silent',
  );
  assert.equal(of({ kind: 'timed-out', payload }), 'failed');
  assert.equal(of({ kind: 'exited', during: 'invoke', payload, outOfMemory: true }), 'silent');
  assert.equal(of({ kind: 'no-room', why: 'full' }), 'silent');
});
