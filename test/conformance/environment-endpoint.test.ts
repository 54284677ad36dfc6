import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { EnvironmentKeys } from '../../src/access/environment-keys.ts';
import { SystemClock } from '../../src/base/clock.ts';
import type { EnvironmentId } from '../../src/base/ids.ts';
import { systemRandom } from '../../src/base/random.ts';
import { EnvironmentGate } from '../../src/wire/environment-gate.ts';
import { HttpServer } from '../../src/wire/http.ts';
import { memoryBroker } from '../../src/wire/sqs/fixture/memory-broker.ts';
import { SqsJsonDoor } from '../../src/wire/sqs/json-door.ts';

const ENVIRONMENT = { account: '000000000000', region: 'us-east-1', environmentId: 'e1' as EnvironmentId };
const QUEUE_URL = 'http://any/000000000000/q';

async function environmentEndpoint(context: TestContext) {
  const clock = new SystemClock();
  const keys = new EnvironmentKeys({ random: systemRandom, clock });
  const broker = await memoryBroker();
  await broker.create({ account: '000000000000', region: 'us-east-1', name: 'q' }, {}, {});
  const server = new HttpServer({
    doors: [new SqsJsonDoor({ broker })],
    gate: new EnvironmentGate({ keys, clock }),
    clock,
    random: systemRandom,
    tell: () => {},
  });
  const port = await server.listen('127.0.0.1', 0);
  assert.ok(port.ok);
  context.after(() => server[Symbol.asyncDispose]());
  const endpoint = `http://127.0.0.1:${port.value}`;
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
  const unknown = { name: 'UnrecognizedClientException' };
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
