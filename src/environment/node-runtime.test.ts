import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';
import type { FunctionSettings } from '../function/function.ts';
import type { InvokeResult } from './result.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

async function run(
  files: Files,
  event?: unknown,
  settings?: Partial<FunctionSettings>,
): Promise<InvokeResult> {
  return rooms.invoke(await rooms.deploy(files, settings), event);
}

function answerOf(result: InvokeResult): unknown {
  if (!('payload' in result)) assert.fail(JSON.stringify(result));
  return JSON.parse(Buffer.from(result.payload).toString());
}

test('an ES module with an async handler answers', async () => {
  const result = await run(
    { 'index.mjs': 'export const handler = async (event) => ({ got: event.a });' },
    { a: 1 },
  );
  assert.deepEqual(answerOf(result), { got: 1 }, Buffer.from(result.logTail).toString());
  assert.equal(result.kind, 'answered');
});
