import assert from 'node:assert/strict';
import { test } from 'node:test';
import { URL_ANSWER_TYPE } from '../../environment/invoke.ts';
import type { InvokeEnd } from '../../environment/result.ts';
import type { Answer } from '../door.ts';
import { CutAnswer } from '../send-pieces.ts';
import { UrlCaller } from './fixture/url-caller.ts';

const PRELUDE = '{"statusCode":201,"headers":{"x-a":"b"},"cookies":["c=1"]}';
const ZEROS = '\0'.repeat(8);
const STREAMED: InvokeEnd = { kind: 'answered', payload: Buffer.alloc(0), isStreamed: true };

/** What is answered when a function writes these pieces, one by one, and ends so. */
async function streamed(
  contentType: string,
  pieces: readonly string[],
  end: InvokeEnd = STREAMED,
): Promise<Answer> {
  const caller = await UrlCaller.open();
  const host = await caller.give({ invokeMode: 'RESPONSE_STREAM' });
  const asking = caller.ask('GET', '/', { headers: { host } });
  await caller.invoker.reached(1);
  const invocation = caller.invoker.first;
  const { sink } = invocation.request;
  void (async () => {
    sink?.begin(contentType);
    for (const piece of pieces) await sink?.take(Buffer.from(piece));
    invocation.end(end);
  })();
  return asking;
}

async function bodyOf({ pieces, body }: Answer): Promise<string> {
  if (pieces === undefined) return Buffer.from(body).toString();
  return Buffer.concat(await Array.fromAsync(pieces)).toString();
}

test('a stream says first what it is, however its bytes are cut', async () => {
  const whole = `${PRELUDE}${ZEROS}\0one two`;
  for (const pieces of [
    [whole],
    [...whole],
    [PRELUDE, ZEROS, '\0one', ' two'],
    [`${PRELUDE}\0\0`, `${ZEROS.slice(2)}\0one two`],
  ]) {
    const answer = await streamed(URL_ANSWER_TYPE, pieces);
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.headers, [
      ...['x-a', 'b', 'Content-Type', 'application/octet-stream', 'Set-Cookie', 'c=1'],
    ]);
    assert.equal(await bodyOf(answer), '\0one two');
  }
});

test('a stream that says nothing of itself is 200 with its content type', async () => {
  const answer = await streamed('text/plain', ['one ', 'two']);
  assert.deepEqual([answer.status, answer.headers], [200, ['Content-Type', 'text/plain']]);
  assert.equal(await bodyOf(answer), 'one two');
});

test('a stream that says no answer of itself is 502, and keeps its function waiting for nobody', async () => {
  for (const said of ['{"statusCode":99}', 'no JSON', '{"headers":{"a":"b\\r\\nc: d"}}', '[]5']) {
    const answer = await streamed(URL_ANSWER_TYPE, [said, ZEROS, 'body', 'more']);
    assert.equal(answer.status, 502, said);
    assert.equal(answer.pieces, undefined);
  }
  assert.equal((await streamed(URL_ANSWER_TYPE, ['{"statusCode":200}'])).status, 502);
  assert.equal((await streamed(URL_ANSWER_TYPE, ['x'.repeat(150_000), ZEROS])).status, 502);
  assert.equal((await streamed('text/plain\r\nx: y', ['body'])).status, 502);
});

test('a stream whose status has no body has none', async () => {
  const answer = await streamed(URL_ANSWER_TYPE, [`{"statusCode":204}${ZEROS}body`]);
  assert.deepEqual([answer.status, await bodyOf(answer)], [204, '']);
});

test('a stream whose function fails on the way is cut', async () => {
  const answer = await streamed('text/plain', ['one'], { kind: 'timed-out', payload: Buffer.alloc(0) });
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const piece of answer.pieces ?? []) seen.push(Buffer.from(piece).toString());
  }, CutAnswer);
  assert.deepEqual(seen, ['one']);
});

test('a function that does not stream answers in format 2.0 all the same', async () => {
  const caller = await UrlCaller.open();
  const host = await caller.give({ invokeMode: 'RESPONSE_STREAM' });
  const answer = await caller.answered(host, { statusCode: 202, body: 'whole' });
  assert.deepEqual([answer.status, await bodyOf(answer)], [202, 'whole']);
  const asking = caller.ask('GET', '/', { headers: { host } });
  await caller.invoker.reached(2);
  caller.invoker.first.fail();
  assert.equal((await asking).status, 502);
});

test('a client that is gone lets the function run to its end', async () => {
  const answer = await streamed('text/plain', ['one', 'two', 'three']);
  for await (const _ of answer.pieces ?? []) break;
});
