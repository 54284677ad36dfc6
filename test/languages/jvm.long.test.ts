import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { freePort, Platform, PROGRAM } from '../crash/platform.ts';
import { missingPackages } from './packages.ts';

const skip = missingPackages(
  ['maven', 'default-jdk-headless'],
  ['sh', '-c', 'javac -version && mvn -version'],
);

const ROOT = join(import.meta.dirname, '..', '..');
/** The shortest visibility time that a mapping of a function with this time-out may have. */
const TIMEOUT_S = 8;

const work = mkdtempSync(join(tmpdir(), 'millrace-jvm-'));
let platform: Platform;
let lambda: LambdaClient;
let sqs: SQSClient;

before(async () => {
  if (skip !== false) return;
  platform = await Platform.start({ dataDirectory: join(work, 'data'), port: await freePort() });
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = { region: 'us-east-1', endpoint: `http://127.0.0.1:${platform.port}`, credentials };
  lambda = new LambdaClient(client);
  sqs = new SQSClient(client);
});
after(async () => {
  [lambda, sqs].forEach((each) => each?.destroy());
  await platform?.[Symbol.asyncDispose]();
  rmSync(work, { recursive: true, force: true });
});

/** A copy of a project, as somebody else would have it. */
function projectOf(path: string): string {
  const folder = mkdtempSync(join(work, 'project-'));
  const isWanted = (source: string): boolean => !source.endsWith('/target');
  cpSync(join(ROOT, path), folder, { recursive: true, filter: isWanted });
  return folder;
}

async function deploy(folder: string, name: string, ...words: readonly string[]): Promise<string> {
  return command('deploy', folder, '--name', name, '--timeout', String(TIMEOUT_S), ...words);
}

/** What the command line says to this platform. */
async function command(...words: readonly string[]): Promise<string> {
  const to = ['--endpoint', `http://127.0.0.1:${platform.port}`];
  return (await promisify(execFile)(PROGRAM, [...words, ...to])).stdout;
}

/** A queue whose messages go to another once they have been received and have stayed; answers both addresses. */
async function queues(name: string): Promise<{ readonly url: string; readonly deadUrl: string }> {
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const deadUrl = dead.QueueUrl ?? '';
  const question = { QueueUrl: deadUrl, AttributeNames: ['QueueArn' as const] };
  const arn = (await sqs.send(new GetQueueAttributesCommand(question))).Attributes?.QueueArn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
  const Attributes = { VisibilityTimeout: String(TIMEOUT_S), RedrivePolicy };
  const live = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return { url: live.QueueUrl ?? '', deadUrl };
}

async function bodiesIn(QueueUrl: string, WaitTimeSeconds: number): Promise<(string | undefined)[]> {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }));
  return (Messages ?? []).map(({ Body }) => Body);
}

/** Good orders and a bad one: the bad one alone ends in the dead-letter queue. */
async function handlesOrders({ url, deadUrl }: Awaited<ReturnType<typeof queues>>): Promise<void> {
  const Entries = ['1', 'no number', '2'].map((MessageBody, index) => ({ Id: `m${index}`, MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  const bodies = await bodiesIn(deadUrl, 20);
  // A slow machine needs more than one wait; whatever else has come is there at once.
  if (bodies.length === 0) bodies.push(...(await bodiesIn(deadUrl, 20)));
  bodies.push(...(await bodiesIn(deadUrl, 1)));
  assert.deepEqual(bodies, ['no number']);
  const left = { QueueUrl: url, AttributeNames: ['All' as const] };
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand(left));
  assert.equal(Attributes?.ApproximateNumberOfMessages, '0');
  assert.equal(Attributes?.ApproximateNumberOfMessagesNotVisible, '0');
}

async function invoke(FunctionName: string, event: unknown): Promise<InvokeCommandOutput> {
  const Payload = JSON.stringify(event);
  return lambda.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' }));
}

function told({ Payload }: InvokeCommandOutput): Record<string, string> {
  return JSON.parse(Payload?.transformToString() ?? 'null') as Record<string, string>;
}

async function greets(name: string, errorType: string): Promise<void> {
  const good = await invoke(name, { name: 'Ada' });
  assert.deepEqual(told(good), { name: 'Hello, Ada!' });
  assert.match(Buffer.from(good.LogResult ?? '', 'base64').toString(), /greeting Ada/);
  const bad = await invoke(name, {});
  assert.equal(bad.FunctionError, 'Unhandled');
  assert.deepEqual([told(bad)['errorType'], told(bad)['errorMessage']], [errorType, 'nobody there']);
}

const LANGUAGES = [
  { language: 'java', greeting: 'example.Greeting::greet', errorType: 'example.Greeting$NobodyThere' },
  { language: 'kotlin', greeting: 'example.Greeting::greet', errorType: 'example.NobodyThere' },
  { language: 'scala', greeting: 'example.Greeting::greet', errorType: 'example.NobodyThere' },
  { language: 'clojure', greeting: undefined, errorType: 'clojure.lang.ExceptionInfo' },
];

for (const { language, greeting, errorType } of LANGUAGES) {
  const law = `${language}, built by Maven: a batch with a bad message, an answer, an error, and what is printed`;
  test(law, { skip }, async () => {
    const folder = projectOf(`examples/${language}`);
    const orders = await queues(`orders-${language}`);
    const said = await deploy(folder, language, '--queue', `orders-${language}`);
    assert.match(said, /Building with Maven[\s\S]*is ready\./);
    if (greeting !== undefined) await deploy(folder, `${language}-greeting`, '--handler', greeting);
    const name = greeting === undefined ? language : `${language}-greeting`;
    await Promise.all([handlesOrders(orders), greets(name, errorType)]);
    assert.doesNotMatch(await command('logs', language), /Priming failed/);
  });
}

test(
  'the AWS SDK for Java inside a function sends a message to a queue of the platform',
  { skip },
  async () => {
    const created = await sqs.send(new CreateQueueCommand({ QueueName: 'elsewhere' }));
    await deploy(
      projectOf('examples/java'),
      'forwarder',
      '--handler',
      'example.Forwarder::forward',
      '--memory',
      '512',
    );
    const answer = told(await invoke('forwarder', { queue: 'elsewhere', text: 'from inside' }));
    const question = { QueueUrl: created.QueueUrl, WaitTimeSeconds: 5 };
    const { Messages } = await sqs.send(new ReceiveMessageCommand(question));
    const received = Messages?.map(({ Body, MessageId }) => [Body, MessageId]);
    assert.deepEqual(received, [['from inside', answer['messageId']]], JSON.stringify(answer));
  },
);

test('Spring Cloud Function runs as it is, by its own adapter', { skip }, async () => {
  const adapter = 'org.springframework.cloud.function.adapter.aws.FunctionInvoker::handleRequest';
  const settings = ['--runtime', 'java17', '--memory', '512', '--env', 'MAIN_CLASS=example.App'];
  await deploy(projectOf('test/languages/spring-function'), 'spring', '--handler', adapter, ...settings);
  assert.deepEqual(told(await invoke('spring', { name: 'Ada' })), { greeting: 'Hello, Ada!' });
  const bad = await invoke('spring', {});
  assert.equal(bad.FunctionError, 'Unhandled');
  assert.match(told(bad)['errorMessage'] ?? '', /nobody there/);
  assert.doesNotMatch(await command('logs', 'spring'), /Priming failed/);
});

test(
  "a project that does not compile is not uploaded, and Maven's own error is shown",
  { skip },
  async () => {
    const folder = projectOf('examples/java');
    cpSync(join(folder, 'pom.xml'), join(folder, 'src/main/java/example/Broken.java'));
    await assert.rejects(deploy(folder, 'broken'), ({ stderr }: { readonly stderr: string }) => {
      assert.match(stderr, /mvn failed in [\s\S]*\[ERROR\] .*Broken\.java:\[1,1\]/);
      return true;
    });
  },
);
