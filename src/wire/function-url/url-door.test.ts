import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceOnwards } from '../../function/lineage.ts';
import { headerOf, KEY, UrlCaller } from './fixture/url-caller.ts';

const SIGNED = `AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'a'.repeat(64)}`;

test('a function that is throttled or off answers 429', async () => {
  const caller = await UrlCaller.open(0);
  const answer = await caller.ask('GET', '/', { headers: { host: await caller.give() } });
  assert.equal(answer.status, 429);
  assert.equal(headerOf(answer, 'x-amzn-ErrorType'), 'TooManyRequestsException');
});

test('a place for one invocation is given back however it ends', async () => {
  const caller = await UrlCaller.open(1);
  const host = await caller.give();
  for (let round = 0; round < 3; round += 1) {
    const asking = caller.ask('GET', '/', { headers: { host } });
    await caller.invoker.reached(round + 1);
    assert.equal((await caller.ask('GET', '/', { headers: { host } })).status, 429);
    caller.invoker.first.fail();
    assert.equal((await asking).status, 502);
  }
  const asking = caller.ask('GET', '/', { headers: { host } });
  await caller.invoker.reached(4);
  caller.invoker.first.end({ kind: 'no-room', why: 'The machine is full.' });
  assert.equal((await asking).status, 429);
});

test('a function that cannot run is 502, and why is not told', async () => {
  const caller = await UrlCaller.open();
  const host = await caller.give();
  caller.functions.move(KEY, { kind: 'failed', reason: 'a secret' });
  const answer = await caller.ask('GET', '/', { headers: { host } });
  assert.deepEqual([answer.status, answer.body], [502, '{"Message":"Internal Server Error"}']);
});

test('a request that is too large as an event is 413, and invokes nothing', async () => {
  const caller = await UrlCaller.open();
  const headers = { host: await caller.give(), 'content-type': 'image/png' };
  const answer = await caller.ask('POST', '/', { headers, body: Buffer.alloc(5_000_000) });
  assert.equal(answer.status, 413);
  assert.equal(caller.invoker.started, 0);
  assert.equal(caller.door.bodyLimitBytes(), 6_291_456);
});

test('a URL that is gone answers 403, as one that never was', async () => {
  const caller = await UrlCaller.open();
  const host = await caller.give();
  await caller.urls.delete({ function: KEY, name: '$LATEST' });
  for (const each of [host, `x.${host}`]) {
    const answer = await caller.ask('GET', '/', { headers: { host: each } });
    assert.deepEqual([answer.status, answer.body], [403, '{"Message":"Forbidden"}']);
  }
  assert.equal(caller.invoker.started, 0);
});

test('a URL that demands signatures takes none but those for lambda', async () => {
  const caller = await UrlCaller.open();
  const host = await caller.give({ authType: 'AWS_IAM' });
  const ask = (authorization?: string) =>
    caller.ask('GET', '/', { headers: { host, ...(authorization !== undefined && { authorization }) } });
  assert.equal((await ask()).status, 403);
  assert.equal((await ask('Bearer x')).status, 400);
  assert.equal((await ask(SIGNED.replace('/lambda/', '/sqs/'))).status, 400);
  assert.equal(caller.invoker.started, 0);
  void ask(SIGNED);
  await caller.invoker.reached(1);
});

test('a chain that a function has set off itself ends here too', async () => {
  const caller = await UrlCaller.open();
  const host = await caller.give();
  void caller.ask('GET', '/', { headers: { host } });
  await caller.invoker.reached(1);
  caller.invoker.first.answer();
  let trace: string | undefined;
  for (let round = 0; round < 16; round += 1) trace = traceOnwards(trace, KEY, { id: 'a-b', nowMs: 0 });
  const answer = await caller.ask('GET', '/', { headers: { host, 'x-amzn-trace-id': trace ?? '' } });
  assert.equal(headerOf(answer, 'x-amzn-ErrorType'), 'RecursiveInvocationException');
  assert.equal(caller.invoker.started, 1);
});
