import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { ENVIRONMENT, QUEUE_URL, startEnvironmentEndpoint } from './environment-endpoint.ts';

async function environmentEndpoint(context: TestContext) {
  const { keys, url: endpoint, [Symbol.asyncDispose]: stop } = await startEnvironmentEndpoint();
  context.after(stop);
  const client = (credentials: NonNullable<SQSClientConfig['credentials']>) =>
    new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  return { keys, endpoint, client };
}

const send = () => new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: 'x' });

test('code in an environment uses queues with the key it was given, as the SDK signs', async (context) => {
  const { keys, client } = await environmentEndpoint(context);
  const sqs = client(keys.issue(ENVIRONMENT));
  await sqs.send(send());
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: QUEUE_URL }));
  assert.equal(Messages?.[0]?.Body, 'x');
});

test('what code in an environment sends carries the lineage of its invocation, whatever the SDK says', async (context) => {
  const { keys, client } = await environmentEndpoint(context);
  const credentials = keys.issue(ENVIRONMENT);
  const lineage = 'Lineage=0a1b2c3d:4';
  keys.runs(ENVIRONMENT.environmentId, `Root=1-a-b;Sampled=0;${lineage}`);
  const traces: (string | undefined)[] = [];
  for (const said of [undefined, 'Root=1-c-d', 'Root=1-c-d;Lineage=0a1b2c3d:9', 'no trace']) {
    const sqs = client(credentials);
    sqs.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (said !== undefined) headers['X-Amzn-Trace-Id'] = said;
        return next(args);
      },
      { step: 'build' },
    );
    await sqs.send(send());
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: QUEUE_URL, MessageSystemAttributeNames: ['AWSTraceHeader'] }),
    );
    traces.push(Messages?.[0]?.Attributes?.['AWSTraceHeader']);
  }
  assert.deepEqual(traces, [
    `Root=1-a-b;Sampled=0;${lineage}`,
    `Root=1-c-d;${lineage}`,
    'Root=1-c-d;Lineage=0a1b2c3d:9',
    `Root=1-a-b;Sampled=0;${lineage}`,
  ]);
});

test('the control plane is closed to it', async (context) => {
  const { keys, client } = await environmentEndpoint(context);
  const sqs = client(keys.issue(ENVIRONMENT));
  await assert.rejects(sqs.send(new CreateQueueCommand({ QueueName: 'new' })), {
    name: 'AccessDenied',
    message: /sqs:CreateQueue/,
  });
});

test('queues of another account are closed to it', async (context) => {
  const { keys, client } = await environmentEndpoint(context);
  const sqs = client(keys.issue({ ...ENVIRONMENT, account: '111111111111' }));
  await assert.rejects(sqs.send(send()), { name: 'AccessDenied' });
});

test('a key that is made up, changed, without its token or of an ended environment is refused', async (context) => {
  const { keys, client } = await environmentEndpoint(context);
  const { accessKeyId, secretAccessKey, sessionToken } = keys.issue(ENVIRONMENT);
  const unknown = { name: 'InvalidClientTokenId' };
  await assert.rejects(client({ accessKeyId: 'test', secretAccessKey: 'test' }).send(send()), unknown);
  await assert.rejects(client({ accessKeyId, secretAccessKey }).send(send()), unknown);
  await assert.rejects(client({ accessKeyId, secretAccessKey: 'guess', sessionToken }).send(send()), {
    name: 'SignatureDoesNotMatch',
  });
  keys.revoke(ENVIRONMENT.environmentId);
  await assert.rejects(client({ accessKeyId, secretAccessKey, sessionToken }).send(send()), unknown);
});

test('a request without a signature is refused in the form of its API', async (context) => {
  const { endpoint } = await environmentEndpoint(context);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSQS.ListQueues', 'content-type': 'application/x-amz-json-1.0' },
    body: '{}',
  });
  assert.equal(response.status, 403);
  assert.equal(response.headers.get('x-amzn-query-error'), 'MissingAuthenticationToken;Sender');
});

test('a signature over a path with encoded characters and a query is right', async (context) => {
  const { keys, endpoint } = await environmentEndpoint(context);
  const lambda = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: keys.issue(ENVIRONMENT),
    maxAttempts: 1,
  });
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  const invoked = await lambda.send(new InvokeCommand({ FunctionName: arn, Qualifier: '$LATEST' }));
  const [path, query] = JSON.parse(Buffer.from(invoked.Payload ?? []).toString()) as [string, string];
  assert.match(path, /%3A/);
  assert.match(query, /^Qualifier=%24LATEST/);
});
