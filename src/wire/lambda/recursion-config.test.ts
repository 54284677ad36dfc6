import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { traceOnwards } from '../../function/lineage.ts';
import { LambdaClient } from './fixture/lambda-client.ts';

const PATH = '/2024-08-31/functions/f/recursion-config';

function client(): LambdaClient {
  const lambda = new LambdaClient();
  lambda.functions.add(TARGET);
  return lambda;
}

test('a function is stopped in a loop unless its owner allows it', async () => {
  const lambda = client();
  assert.deepEqual((await lambda.ask('GET', PATH)).json, { RecursiveLoop: 'Terminate' });
  for (const RecursiveLoop of ['Allow', 'Terminate', 'Allow']) {
    assert.deepEqual((await lambda.ask('PUT', PATH, { body: { RecursiveLoop } })).json, { RecursiveLoop });
    assert.deepEqual((await lambda.ask('GET', PATH)).json, { RecursiveLoop });
  }
  const odd = await lambda.ask('PUT', PATH, { body: { RecursiveLoop: 'Perhaps' } });
  assert.equal(odd.status, 400);
  assert.match(
    odd.json.Message ?? odd.json.message,
    /'recursiveLoop' .* enum value set: \[Allow, Terminate\]/,
  );
  assert.equal((await lambda.ask('PUT', PATH, { body: {} })).status, 400);
  assert.equal((await lambda.ask('GET', PATH.replace('/f/', '/gone/'))).status, 404);
});

test('a synchronous call that goes in circles is refused as AWS does', async () => {
  const lambda = client();
  let trace: string | undefined;
  for (let round = 0; round < 16; round += 1) trace = traceOnwards(trace, TARGET, { id: 'x', nowMs: 0 });
  const call = () =>
    lambda.ask('POST', '/2015-03-31/functions/f/invocations', { body: {}, caller: { traceId: trace ?? '' } });
  const refused = await call();
  assert.equal(refused.status, 400);
  assert.equal(refused.headers['x-amzn-errortype'], 'RecursiveInvocationException');
  await lambda.functions.allowLoops(TARGET, true);
  const running = call();
  await lambda.invoker.reached(1);
  assert.equal(lambda.invoker.first.request.traceId, trace);
  lambda.invoker.first.answer();
  assert.equal((await running).status, 200);
});
