import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestRouter, writeRestAnswer, type RestRoute } from './rest-protocol.ts';

function route(operation: string, method: string, path: string): RestRoute<undefined> {
  return { operation, method, path, bodyLimitBytes: 1, run: () => ({ status: 200 }) };
}

const router = new RestRouter([
  route('List', 'GET', '/things'),
  route('Get', 'GET', '/things/{Name}'),
  route('Put', 'PUT', '/things/{Name}'),
  route('Code', 'GET', '/things/{Name}/code'),
]);

function found(method: string, path: string): string | undefined {
  const match = router.find(method, path);
  return match && [match.route.operation, ...Object.values(match.labels)].join(' ');
}

test('a route is found by method and path, with its labels decoded', () => {
  assert.equal(found('GET', '/things'), 'List');
  assert.equal(found('GET', '/things/'), 'List');
  assert.equal(found('GET', '/things/one'), 'Get one');
  assert.equal(found('PUT', '/things/one'), 'Put one');
  assert.equal(found('GET', '/things/arn%3Aaws%3Ax%2Fy/code'), 'Code arn:aws:x/y');
});

test('what is no route is not found, and a badly encoded label stands for itself', () => {
  assert.equal(found('DELETE', '/things/one'), undefined);
  assert.equal(found('GET', '/things/one/two/three'), undefined);
  assert.equal(found('GET', '/others'), undefined);
  assert.equal(found('GET', '/things/%zz'), 'Get %zz');
});

test('bytes are answered unchanged, values as JSON, nothing as nothing', () => {
  const bytes = Buffer.from('{"a":  1}');
  assert.equal(writeRestAnswer({ status: 200, body: bytes }).body, bytes);
  assert.equal(writeRestAnswer({ status: 200, body: { a: 1 } }).body, '{"a":1}');
  assert.deepEqual(writeRestAnswer({ status: 204 }), { status: 204, headers: [], body: '' });
  const zip = writeRestAnswer({ status: 200, headers: { 'Content-Type': 'application/zip' }, body: bytes });
  assert.deepEqual(zip.headers, ['Content-Type', 'application/zip']);
});
