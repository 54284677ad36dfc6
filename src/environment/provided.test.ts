import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { answerOf, errorOf, logOf } from './fixture/results.ts';
import { openRooms, type Rooms } from './fixture/rooms.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

const PROVIDED = { runtime: 'provided.al2023', handler: 'any' };

const SHELL = `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  event=$(curl -sS -D "$HEADERS" "$api/next")
  id=$(tr -d '\\r' <"$HEADERS" | awk -F': ' 'tolower($1) == "lambda-runtime-aws-request-id" { print $2 }')
  echo "handling $_HANDLER"
  curl -sS -d "{\\"got\\":$event}" "$api/$id/response" >&2
done
`;

test(
  'a shell script that speaks the Runtime API by curl handles one invocation after the other',
  { skip: !existsSync('/usr/bin/curl') && 'curl is not installed' },
  async () => {
    const variables = { HEADERS: `/tmp/headers-${process.pid}` };
    const record = await rooms.deploy({ bootstrap: { executable: SHELL } }, { ...PROVIDED, variables });
    const first = await rooms.invoke(record, { n: 1 });
    assert.deepEqual(answerOf(first), { got: { n: 1 } }, logOf(first));
    assert.match(logOf(first), /handling any/);
    const second = await rooms.invoke(record, { n: 2 });
    assert.deepEqual(answerOf(second), { got: { n: 2 } });
  },
);

const NODE = `#!${process.execPath}
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime';
const post = (path, value) => fetch(base + path, { method: 'POST', body: JSON.stringify(value) });
if (process.env.FAIL) {
  await post('/init/error', { errorType: 'Runtime.Mine', errorMessage: 'not today' });
  process.exit(1);
}
for (;;) {
  const next = await fetch(base + '/invocation/next');
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const event = await next.json();
  if (event.fail) await post('/invocation/' + id + '/error', { errorType: 'Mine', errorMessage: event.fail });
  else await post('/invocation/' + id + '/response', { handler: process.env._HANDLER, event });
}
`;

test('any executable named bootstrap runs', async () => {
  const record = await rooms.deploy({ bootstrap: { executable: NODE } }, PROVIDED);
  assert.deepEqual(answerOf(await rooms.invoke(record, { a: 1 })), { handler: 'any', event: { a: 1 } });
  const failed = await rooms.invoke(record, { fail: 'because' });
  assert.equal(failed.kind, 'function-error');
  assert.deepEqual(errorOf(failed), { errorType: 'Mine', errorMessage: 'because' });
});

test('an error that the bootstrap tells at its start reaches the caller', async () => {
  const files = { bootstrap: { executable: NODE } };
  const result = await rooms.run(files, {}, { ...PROVIDED, variables: { FAIL: '1' } });
  assert.equal(result.kind, 'init-error');
  assert.deepEqual(errorOf(result), { errorType: 'Runtime.Mine', errorMessage: 'not today' });
});

test('a bootstrap without execute right, or none at all, is said in a sentence', async () => {
  const without = await rooms.run({ bootstrap: NODE }, {}, PROVIDED);
  assert.equal(without.kind, 'init-error');
  assert.equal(errorOf(without).errorType, 'Runtime.InvalidEntrypoint');
  assert.match(errorOf(without).errorMessage, /has no execute permission\. Run chmod \+x/);
  const none = await rooms.run({ 'other.txt': '' }, {}, PROVIDED);
  assert.match(errorOf(none).errorMessage, /Couldn't find valid bootstrap/);
});
