import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { LambdaClient } from './fixture/lambda-client.ts';

const ARN = encodeURIComponent(
  'arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/a/11111111-1111-4111-8111-111111111111',
);

test('of capacity providers and durable executions there are none, in the words that AWS has for that', async () => {
  const lambda = new LambdaClient();
  lambda.functions.add(TARGET);
  const { name } = TARGET;
  const lists = [
    ['/2025-11-30/capacity-providers', { CapacityProviders: [] }],
    [`/2025-12-01/functions/${name}/durable-executions`, { DurableExecutions: [] }],
  ] as const;
  for (const [path, body] of lists) assert.deepEqual((await lambda.ask('GET', path)).json, body);
  const missing = [
    ['GET', '/2025-11-30/capacity-providers/p'],
    ['PUT', '/2025-11-30/capacity-providers/p'],
    ['DELETE', '/2025-11-30/capacity-providers/p'],
    ['GET', '/2025-11-30/capacity-providers/p/function-versions'],
    ['GET', `/2025-12-01/durable-executions/${ARN}`],
    ['GET', `/2025-12-01/durable-executions/${ARN}/history`],
    ['GET', `/2025-12-01/durable-executions/${ARN}/state`],
    ['POST', `/2025-12-01/durable-executions/${ARN}/checkpoint`],
    ['POST', `/2025-12-01/durable-executions/${ARN}/stop`],
    ['POST', '/2025-12-01/durable-execution-callbacks/c/succeed'],
    ['GET', '/2025-12-01/functions/none/durable-executions'],
    ['GET', '/2025-11-30/functions/none/function-scaling-config?Qualifier=1'],
  ] as const;
  for (const [method, path] of missing) {
    const { status, headers } = await lambda.ask(method, path);
    assert.deepEqual([status, headers['x-amzn-errortype']], [404, 'ResourceNotFoundException'], path);
  }
});

test('what belongs to capacity providers is refused, never dropped', async () => {
  const lambda = new LambdaClient();
  lambda.functions.add(TARGET);
  const asked = [
    ['POST', '/2025-11-30/capacity-providers', /capacity provider is not supported/],
    ['PUT', `/2025-11-30/functions/${TARGET.name}/function-scaling-config`, /scaling .* is not supported/],
  ] as const;
  for (const [method, path, message] of asked) {
    const { status, headers, json } = await lambda.ask(method, path, { body: {} });
    assert.deepEqual([status, headers['x-amzn-errortype']], [400, 'InvalidParameterValueException'], path);
    assert.match(String(json.message), message);
  }
});
