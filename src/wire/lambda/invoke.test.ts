import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaClient, type Asked, type Told } from './fixture/lambda-client.ts';

const KEY = { account: '000000000000', region: 'us-east-1', name: 'f' };
const PATH = '/2015-03-31/functions/f/invocations';

function client(concurrency = 10): LambdaClient {
  const made = new LambdaClient({ concurrency });
  made.functions.add(KEY);
  return made;
}

async function invokeAndEnd(lambda: LambdaClient, asked: Asked, text: string): Promise<Told> {
  const told = lambda.ask('POST', PATH, asked);
  await lambda.invoker.reached(1);
  lambda.invoker.first.answer(text);
  return told;
}

test('the handler’s answer goes back unchanged', async () => {
  const lambda = client();
  const told = await invokeAndEnd(lambda, { body: '{"n": 1}' }, '{"done":  true}');
  assert.equal(told.status, 200);
  assert.equal(told.text, '{"done":  true}');
  assert.equal(told.headers['x-amz-executed-version'], '$LATEST');
  assert.equal('x-amz-function-error' in told.headers, false);
  assert.equal('x-amz-log-result' in told.headers, false);
});

test('event, request id and client context reach the invocation as they came; no event is {}', async () => {
  const lambda = client();
  const context = Buffer.from('{"custom":{"a":1}}').toString('base64');
  const told = lambda.ask('POST', PATH, { body: '{"n":  1}', headers: { 'x-amz-client-context': context } });
  await lambda.invoker.reached(1);
  const { request } = lambda.invoker.first;
  assert.equal(Buffer.from(request.payload).toString(), '{"n":  1}');
  assert.equal(request.clientContext, '{"custom":{"a":1}}');
  assert.equal(request.requestId, '11111111-1111-4111-8111-111111111111');
  lambda.invoker.first.answer();
  await told;
  const empty = lambda.ask('POST', PATH);
  await lambda.invoker.reached(2);
  assert.equal(Buffer.from(lambda.invoker.first.request.payload).toString(), '{}');
  lambda.invoker.first.answer();
  await empty;
});

test('an error of the function is 200 with the error header and its payload', async () => {
  const lambda = client();
  const told = lambda.ask('POST', PATH, { headers: { 'x-amz-log-type': 'Tail' } });
  await lambda.invoker.reached(1);
  lambda.invoker.first.fail();
  const { status, headers, json } = await told;
  assert.equal(status, 200);
  assert.equal(headers['x-amz-function-error'], 'Unhandled');
  assert.equal(json['errorMessage'], 'no');
  assert.equal(Buffer.from(headers['x-amz-log-result'] ?? '', 'base64').toString(), 'START\n');
});

test('without free concurrency an invocation is refused, and a permit comes back with its end', async () => {
  const lambda = client(1);
  const running = lambda.ask('POST', PATH);
  await lambda.invoker.reached(1);
  const refused = await lambda.ask('POST', PATH);
  assert.equal(refused.status, 429);
  assert.deepEqual(refused.json, {
    Reason: 'ConcurrentInvocationLimitExceeded',
    Type: 'User',
    message: 'Rate Exceeded.',
  });
  lambda.invoker.first.answer();
  await running;
  assert.equal(lambda.allowance.inUse(KEY), 0);
});

test('a full machine is told as throttling, with the reason', async () => {
  const lambda = client();
  const told = lambda.ask('POST', PATH);
  await lambda.invoker.reached(1);
  lambda.invoker.first.end({ kind: 'no-room', why: 'The machine has no memory left.' });
  const { status, json } = await told;
  assert.equal(status, 429);
  assert.match(json['message'] as string, /no memory left/);
});

test('Event answers 202 once the event is kept, DryRun 204 without running anything', async () => {
  const lambda = client();
  const event = await lambda.ask('POST', PATH, {
    body: '{"n":1}',
    headers: { 'x-amz-invocation-type': 'Event' },
  });
  assert.equal(event.status, 202);
  assert.deepEqual(lambda.posted, [
    { payload: '{"n":1}', requestId: '11111111-1111-4111-8111-111111111111' },
  ]);
  const older = await lambda.ask('POST', '/2014-11-13/functions/f/invoke-async/', { body: '{"n":2}' });
  assert.deepEqual([older.status, older.json, lambda.posted.length], [202, { Status: 202 }, 2]);
  const dry = await lambda.ask('POST', PATH, { headers: { 'x-amz-invocation-type': 'DryRun' } });
  assert.equal(dry.status, 204);
  assert.equal(lambda.invoker.started, 0);
});

test('what cannot be invoked is refused in AWS’s words', async () => {
  const lambda = client();
  const large = `"${'x'.repeat(1_048_576)}"`;
  const cases: [Asked, number, RegExp][] = [
    [{ body: '{"n":' }, 400, /^Could not parse request body into json/],
    [
      { headers: { 'x-amz-invocation-type': 'Later' } },
      400,
      /enum value set: \[RequestResponse, Event, DryRun\]/,
    ],
    [
      { headers: { 'x-amz-log-type': 'Head' } },
      400,
      /^1 validation error detected: Value 'Head' at 'logType' failed .* enum value set: \[None, Tail\]$/,
    ],
    [{ headers: { 'x-amz-client-context': 'e30x' } }, 400, /must be a valid Base64-encoded JSON object/],
    [
      { body: large, headers: { 'x-amz-invocation-type': 'Event' } },
      413,
      /^1048578 byte payload is too large for the Event invocation type \(limit 1048576 bytes\)$/,
    ],
  ];
  for (const [asked, status, sentence] of cases) {
    const told = await lambda.ask('POST', PATH, asked);
    assert.equal(told.status, status);
    assert.match(told.json['message'] as string, sentence);
  }
  assert.equal((await lambda.ask('POST', PATH.replace('/f/', '/g/'))).status, 404);
  for (const [qualifier, constraint] of [
    ['a%20b', /'a b' at 'qualifier' .* pattern: \(\|\[a-zA-Z0-9\$_-\]\+\)$/],
    ['', /'' at 'qualifier' .* length greater than or equal to 1$/],
    ['a'.repeat(129), /at 'qualifier' .* length less than or equal to 128$/],
  ] as const) {
    const told = await lambda.ask('POST', `${PATH}?Qualifier=${qualifier}`);
    assert.equal(told.status, 400);
    assert.match(told.json['message'] as string, constraint);
  }
  assert.equal(lambda.invoker.started, 0);
});

test('an invocation of a function that is being unpacked runs as soon as it is active', async () => {
  const lambda = client();
  lambda.functions.move(KEY, { kind: 'pending' });
  const told = lambda.ask('POST', PATH);
  assert.equal(lambda.invoker.started, 0);
  lambda.functions.move(KEY, { kind: 'active' });
  await lambda.invoker.reached(1);
  lambda.invoker.first.answer('1');
  assert.equal((await told).text, '1');
});

test('a function that stays pending for a minute, or has failed, is a conflict that says so', async () => {
  const lambda = client();
  lambda.functions.move(KEY, { kind: 'pending' });
  const told = lambda.ask('POST', PATH);
  lambda.clock.advance(60_000);
  assert.equal((await told).status, 409);
  lambda.functions.move(KEY, { kind: 'failed', reason: 'no index.mjs' });
  assert.match((await lambda.ask('POST', PATH)).json['message'] as string, /Failed: no index\.mjs/);
});

test('code in an environment reaches no other account', async () => {
  const told = await client().ask('POST', `/2015-03-31/functions/111111111111:function:f/invocations`, {
    caller: { environmentId: 'e' as never },
  });
  assert.equal(told.status, 403);
});
