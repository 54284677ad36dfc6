import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { LambdaPlatform } from './crash/lambda-platform.ts';

const platform = await LambdaPlatform.startAlone('bad');
const { lambda, sqs } = platform;
after(() => platform[Symbol.asyncDispose]());

function created(name: string, ZipFile: Uint8Array, more: object = {}): CreateFunctionCommand {
  const Role = 'arn:aws:iam::000000000000:role/any';
  const code = { Runtime: 'nodejs24.x' as const, Handler: 'index.handler', Code: { ZipFile } };
  return new CreateFunctionCommand({ FunctionName: name, Role, ...code, ...more });
}

function zipped(source: string): Uint8Array {
  return zipSync({ 'index.mjs': strToU8(source) });
}

/** What invoking a function with this source answers: the kind of the error and its payload. */
async function outcome(name: string, source: string, more: object = {}): Promise<Record<string, unknown>> {
  await lambda.send(created(name, zipped(source), more));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: name }));
  const payload = JSON.parse(answer.Payload?.transformToString() ?? '{}') as Record<string, unknown>;
  return { functionError: answer.FunctionError, ...payload };
}

/** One request as no SDK would send it. */
async function raw(
  path: string,
  headers: Record<string, string>,
  body: string | Buffer = '{}',
): Promise<{ status: number; body: string; type: string }> {
  const sending = request(`${platform.endpoint}${path}`, { method: 'POST', headers });
  sending.on('error', () => undefined);
  const answering = once(sending, 'response');
  sending.end(body);
  const [answer] = (await answering) as [IncomingMessage];
  const type = String(answer.headers['x-amzn-errortype'] ?? '');
  return { status: answer.statusCode ?? 0, body: await text(answer), type };
}

const SEND = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };

test('what is no zip, an unknown runtime, and an option that would not be honoured are refused', async () => {
  const one = zipped('export const handler = () => 1;');
  const refusedWith = (name: string, words: RegExp) => (error: Error) =>
    error.name === name && words.test(error.message);
  const parameter = 'InvalidParameterValueException';
  await assert.rejects(lambda.send(created('bad', strToU8('no zip'))), refusedWith(parameter, /unzip/));
  await assert.rejects(
    lambda.send(created('bad', one, { Runtime: 'cobol85' })),
    refusedWith(parameter, /cobol85/),
  );
  const LoggingConfig = { LogGroup: '/somewhere/else' };
  await assert.rejects(
    lambda.send(created('bad', one, { LoggingConfig })),
    refusedWith(parameter, /LoggingConfig\.LogGroup/),
  );
});

test('code that cannot be loaded says why, as AWS does', async () => {
  const syntax = await outcome('syntax', 'export const handler = (');
  assert.deepEqual(
    [syntax['functionError'], syntax['errorType']],
    ['Unhandled', 'Runtime.UserCodeSyntaxError'],
  );
  const none = await outcome('none', 'export const other = 1;');
  assert.deepEqual(
    [none['errorType'], none['errorMessage']],
    ['Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
  );
  const missing = await outcome('missing', 'export const handler = 1;', { Handler: 'gone.handler' });
  assert.equal(missing['errorType'], 'Runtime.ImportModuleError');
});

test('code that never answers, ends its process, or takes too much memory says so, as AWS does', async () => {
  const forever = 'export const handler = () => new Promise(() => setInterval(() => 1, 100));';
  const [silent, exit, greedy] = await Promise.all([
    outcome('silent', forever, { Timeout: 1 }),
    outcome('exit', 'export const handler = () => process.exit(3);'),
    outcome(
      'greedy',
      'const kept = []; export const handler = () => { for (;;) kept.push(Buffer.alloc(5e6, 1)); };',
      {
        Timeout: 30,
      },
    ),
  ]);
  assert.equal(silent['errorType'], 'Sandbox.Timedout');
  assert.match(String(silent['errorMessage']), /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/);
  assert.match(String(exit['errorMessage']), /Runtime exited with error: exit status 3$/);
  assert.deepEqual([exit['errorType'], exit['functionError']], ['Runtime.ExitError', 'Unhandled']);
  assert.match(String(greedy['errorMessage']), /Runtime exited with error: signal: killed$/);
  assert.match(String(greedy['errorType']), /^Runtime\.(OutOfMemory|ExitError)$/);
});

test('an answer of 7 MB is too large', async () => {
  const large = await outcome('large', "export const handler = async () => 'x'.repeat(7e6);");
  assert.equal(large['errorType'], 'Function.ResponseSizeTooLarge');
});

test('what is not there is said to be not there', async () => {
  await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: 'gone' })), {
    name: 'ResourceNotFoundException',
  });
  const QueueUrl = `${platform.endpoint}/000000000000/gone`;
  await assert.rejects(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })), {
    name: 'QueueDoesNotExist',
  });
  const UUID = '00000000-0000-4000-8000-000000000000';
  await assert.rejects(lambda.send(new GetEventSourceMappingCommand({ UUID })), {
    name: 'ResourceNotFoundException',
  });
});

test('broken JSON and bodies over the limit are refused in the form of each API', async () => {
  const broken = await raw('/', SEND, '{"QueueUrl": ');
  assert.deepEqual([broken.status, JSON.parse(broken.body) instanceof Object], [400, true]);
  const event = await raw('/2015-03-31/functions/gone/invocations', {}, '{');
  assert.ok([400, 404].includes(event.status) && event.type !== '', event.type);
  const long = await raw('/', SEND, Buffer.alloc(17 * 1024 * 1024, 'x'));
  assert.equal(long.status, 413);
  const payload = await raw('/2015-03-31/functions/large/invocations', {}, Buffer.alloc(7_000_000, '1'));
  assert.deepEqual([payload.status, payload.type], [413, 'RequestEntityTooLargeException']);
});

test('what a web page makes a browser send is refused, and does nothing', async () => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'guarded' }));
  const body = JSON.stringify({ QueueUrl, MessageBody: 'from a page' });
  const pages = [
    { origin: 'https://elsewhere.example' },
    { 'sec-fetch-site': 'cross-site' },
    { host: 'elsewhere.example' },
    { 'content-type': 'text/plain' },
  ];
  for (const page of pages) assert.equal((await raw('/', { ...SEND, ...page }, body)).status, 403);
  assert.equal((await raw('/', SEND, body)).status, 200);
  const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  assert.equal(received.Messages?.length, 1);
});

test('messages of a function that always fails come to the dead letters, and none is lost', async () => {
  await outcome('failing', 'export const handler = () => { throw new Error("always"); };');
  await sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
  const arn = 'arn:aws:sqs:us-east-1:000000000000:';
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${arn}failures`, maxReceiveCount: '1' });
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'work', Attributes: { VisibilityTimeout: '3', RedrivePolicy } }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: 'failing', EventSourceArn: `${arn}work` }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
  const dead = `${platform.endpoint}/000000000000/failures`;
  const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead, WaitTimeSeconds: 20 }));
  assert.equal(received.Messages?.[0]?.Body, 'kept');
});
