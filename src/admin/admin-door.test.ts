import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestId } from '../base/ids.ts';
import type { Answer, WireRequest } from '../wire/door.ts';
import { AdminDoor } from './admin-door.ts';

const CALLER = { account: '000000000000', region: 'us-east-1', accessKeyId: '' };

const door = new AdminDoor({
  size: (query) => ({ kind: 'known', value: { of: query.get('of') } }),
  never: () => ({ kind: 'refused', status: 400, message: 'Not this.' }),
});

function ask(method: string, path: string, query = ''): Promise<Answer> {
  const head = { requestId: 'r' as RequestId, method, path, query, headers: {} };
  const request: WireRequest = { ...head, body: Buffer.alloc(0), signal: new AbortController().signal };
  return door.handle(request, CALLER);
}

test('a question is answered as JSON that nobody keeps', async () => {
  const answer = await ask('GET', '/_millrace/size', 'of=queue%201');
  assert.deepEqual([answer.status, JSON.parse(String(answer.body))], [200, { of: 'queue 1' }]);
  assert.ok(answer.headers.includes('no-store'));
});

test('what cannot be answered is a sentence with its status', async () => {
  const answers = [
    ask('GET', '/_millrace/never'),
    ask('GET', '/_millrace/other'),
    ask('POST', '/_millrace/size'),
  ];
  const told = (await Promise.all(answers)).map(({ status, body }) => [
    status,
    JSON.parse(String(body)) as unknown,
  ]);
  assert.deepEqual(told, [
    [400, { message: 'Not this.' }],
    [404, { message: 'No such question. There are: size, never.' }],
    [405, { message: 'Ask with GET.' }],
  ]);
});

test('the door takes its own paths alone', () => {
  const matches = (path: string): boolean =>
    door.matches({ requestId: 'r' as RequestId, method: 'GET', path, query: '', headers: {} });
  assert.deepEqual(
    [matches('/_millrace/size'), matches('/'), matches('/000000000000/q')],
    [true, false, false],
  );
});
