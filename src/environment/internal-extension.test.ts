import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf } from './fixture/results.ts';
import { openRooms } from './fixture/rooms.ts';

/** As Go's `WithEnableSIGTERM` does it: registered for no event, so that the end comes as SIGTERM with some time. */
const CODE = `
  const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension';
  const registered = await fetch(base + '/register', {
    method: 'POST', headers: { 'Lambda-Extension-Name': 'graceful' }, body: '{"events":null}',
  });
  const id = registered.headers.get('lambda-extension-identifier');
  const never = fetch(base + '/event/next', { headers: { 'Lambda-Extension-Identifier': id } }).catch(() => undefined);
  process.on('SIGTERM', () => { console.log('saved'); process.exit(0); });
  export const handler = async () => (await registered.json().catch(() => ({ functionName: 'again' }))).functionName;`;

test('a runtime that registers as an extension is asked to end, and has time for it, also when it was frozen', async () => {
  const rooms = await openRooms();
  const record = await rooms.deploy({ 'index.mjs': CODE });
  assert.equal(answerOf(await rooms.invoke(record)), record.key.name);
  assert.equal(answerOf(await rooms.invoke(record)), 'again');
  await rooms[Symbol.asyncDispose]();
  assert.ok(
    rooms.lines.some((line) => line.endsWith('INFO\tsaved')),
    rooms.lines.join('\n'),
  );
});
