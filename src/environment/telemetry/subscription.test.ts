import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscriptionIn, type TelemetryApiName } from './subscription.ts';

const GOOD = {
  schemaVersion: '2022-12-13',
  types: ['platform', 'function'],
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:8080/path?q=1' },
};

function read(body: unknown, api: TelemetryApiName = 'telemetry') {
  return subscriptionIn(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), api);
}

function whatIsWrong(change: object, api: TelemetryApiName = 'telemetry'): string {
  const subscription = read({ ...GOOD, ...change }, api);
  assert.equal(subscription.ok, false);
  return subscription.ok ? '' : subscription.failure.what;
}

test('a subscription by HTTP, with AWS’s bounds where none are given', () => {
  assert.deepEqual(read(GOOD), {
    ok: true,
    value: {
      api: 'telemetry',
      schemaVersion: '2022-12-13',
      types: ['platform', 'function'],
      buffering: { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1000 },
      destination: { protocol: 'HTTP', port: 8080, path: '/path?q=1', method: 'POST' },
    },
  });
});

test('a subscription by TCP, with bounds of its own', () => {
  const buffering = { maxItems: 1000, maxBytes: 1_048_576, timeoutMs: 25 };
  const subscription = read({ ...GOOD, buffering, destination: { protocol: 'TCP', port: 4243 } });
  assert.ok(subscription.ok);
  assert.deepEqual(subscription.value.buffering, buffering);
  assert.deepEqual(subscription.value.destination, { protocol: 'TCP', port: 4243 });
});

test('the Logs API has versions and a method of its own, and needs no version', () => {
  const { schemaVersion: _, ...plain } = GOOD;
  const destination = { ...GOOD.destination, method: 'PUT', encoding: 'JSON' };
  const subscription = read({ ...plain, destination }, 'logs');
  assert.ok(subscription.ok);
  assert.equal(subscription.value.schemaVersion, '2020-08-15');
  assert.deepEqual(subscription.value.destination, {
    ...{ protocol: 'HTTP', port: 8080, path: '/path?q=1', method: 'PUT' },
  });
  assert.match(whatIsWrong({}, 'logs'), /^schemaVersion must be one of 2020-08-15, 2021-03-18$/);
  assert.match(whatIsWrong({ destination }), /destination\.method/);
});

test('everything that is wrong is named', () => {
  const wrong = whatIsWrong({
    types: [],
    destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain' },
  });
  assert.equal(wrong, 'types should not be empty; URI port is not provided');
  const refusals: readonly [object, RegExp][] = [
    [{ schemaVersion: '2023-01-01' }, /^schemaVersion must be one of/],
    [{ types: ['platform', 'other'] }, /^types must be of/],
    [{ types: 'platform' }, /^types should not be empty/],
    [{ buffering: { maxItems: 999 } }, /^buffering\.maxItems must be a whole number from 1000 to 10000$/],
    [{ buffering: { maxBytes: 1_048_577 } }, /^buffering\.maxBytes/],
    [{ buffering: { timeoutMs: 24.5 } }, /^buffering\.timeoutMs/],
    [{ buffering: 'all' }, /^buffering must be an object/],
    [{ destination: undefined }, /^destination must be an object/],
    [{ destination: { protocol: 'UDP' } }, /^destination\.protocol/],
    [{ destination: { protocol: 'TCP', port: 0 } }, /^The port must be/],
    [{ destination: { protocol: 'TCP', port: 9001 } }, /^The port must be/],
    [{ destination: { protocol: 'TCP', port: '80' } }, /^The port must be/],
    [{ destination: { protocol: 'HTTP', URI: 'http://127.0.0.1:8080' } }, /host sandbox\.localdomain/],
    [{ destination: { protocol: 'HTTP', URI: 'https://sandbox.localdomain:8080' } }, /http URI/],
    [{ destination: { protocol: 'HTTP', URI: 'sandbox' } }, /http URI/],
  ];
  for (const [change, told] of refusals) assert.match(whatIsWrong(change), told);
});

test('what is no JSON object is no subscription', () => {
  for (const body of ['', '{', '[]', 'null', '"x"']) assert.equal(read(body).ok, false);
});
