import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { LambdaPlatform, packaged } from '../crash/lambda-platform.ts';

const platform = await LambdaPlatform.startAlone('versions');
const { lambda, sqs } = platform;
after(() => platform[Symbol.asyncDispose]());

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';

/** Code that says which text it was made with, and what it is told of itself. */
function code(text: string): string {
  return (
    `export const handler = async (event, context) => ['${text}', context.functionVersion, ` +
    `context.invokedFunctionArn.split(':').slice(6).join(':')].join(' ');`
  );
}

const create = (name: string): Promise<void> => platform.create(name, code('one'));
const said = async (name: string, qualifier?: string): Promise<string> =>
  String(await platform.invoke(name, qualifier));

test('versions stand while the function changes; aliases lead to them; each knows its own name', async () => {
  const FunctionName = 'versioned';
  await create(FunctionName);
  const first = await lambda.send(new PublishVersionCommand({ FunctionName, Description: 'the first' }));
  assert.equal(first.Version, '1');
  assert.equal(first.FunctionArn, `${ARN}versioned:1`);
  await waitUntilPublishedVersionActive(
    { client: lambda, maxWaitTime: 30 },
    { FunctionName, Qualifier: '1' },
  );
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: packaged(code('two')) }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  const second = await lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: packaged(code('two')), Publish: true }),
  );
  assert.equal(second.Version, '2');
  const alias = await lambda.send(
    new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }),
  );
  assert.equal(alias.AliasArn, `${ARN}versioned:live`);
  assert.equal(await said(FunctionName), 'two $LATEST versioned');
  assert.equal(await said(FunctionName, '1'), 'one 1 versioned:1');
  assert.equal(await said(FunctionName, 'live'), 'one 1 versioned:live');
  assert.equal(await said(`${ARN}versioned:2`), 'two 2 versioned:2');
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
  assert.equal(await said(FunctionName, 'live'), 'two 2 versioned:live');
  const listed = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
  assert.deepEqual(
    listed.Versions?.map((version) => [version.Version, version.Description]),
    [
      ['$LATEST', ''],
      ['1', 'the first'],
      ['2', ''],
    ],
  );
});

test('an alias with weights leads to both versions, and says so', async () => {
  const FunctionName = 'weighted';
  await create(FunctionName);
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 }));
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  const RoutingConfig = { AdditionalVersionWeights: { '2': 0.5 } };
  await lambda.send(
    new CreateAliasCommand({ FunctionName, Name: 'both', FunctionVersion: '1', RoutingConfig }),
  );
  const got = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'both' }));
  assert.deepEqual(got.RoutingConfig, RoutingConfig);
  const executed = new Set<string | undefined>();
  for (let round = 0; round < 60 && executed.size < 2; round += 1) {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Qualifier: 'both' }));
    executed.add(answer.ExecutedVersion);
  }
  assert.deepEqual(executed, new Set(['1', '2']));
  const { Aliases } = await lambda.send(new ListAliasesCommand({ FunctionName, FunctionVersion: '2' }));
  assert.deepEqual(
    Aliases?.map(({ Name }) => Name),
    ['both'],
  );
});

test('what cannot be published, named or deleted is refused in AWS’s words', async () => {
  const FunctionName = 'refusing';
  await create(FunctionName);
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  const alias = { FunctionName, Name: 'a', FunctionVersion: '1' };
  await lambda.send(new CreateAliasCommand(alias));
  const refuses = async (asking: Promise<unknown>, name: string, message: RegExp): Promise<void> => {
    await assert.rejects(asking, (error: Error) => {
      assert.equal(error.name, name, error.message);
      assert.match(error.message, message);
      return true;
    });
  };
  await refuses(
    lambda.send(new PublishVersionCommand({ FunctionName, CodeSha256: 'YWJj' })),
    'InvalidParameterValueException',
    /^CodeSHA256 \(YWJj\) is different from current CodeSHA256 in \$LATEST/,
  );
  await refuses(
    lambda.send(new PublishVersionCommand({ FunctionName, RevisionId: 'old' })),
    'PreconditionFailedException',
    /Revision Id/,
  );
  await refuses(
    lambda.send(new CreateAliasCommand(alias)),
    'ResourceConflictException',
    /^Alias already exists: arn/,
  );
  await refuses(
    lambda.send(new CreateAliasCommand({ ...alias, Name: 'b', FunctionVersion: '9' })),
    'ResourceNotFoundException',
    /^Function not found: .*:refusing:9$/,
  );
  await refuses(
    lambda.send(new CreateAliasCommand({ ...alias, Name: '12' })),
    'ValidationException',
    /'12' at 'name' failed to satisfy constraint/,
  );
  const latest = { AdditionalVersionWeights: { $LATEST: 0.1 } };
  await refuses(
    lambda.send(new CreateAliasCommand({ ...alias, Name: 'c', RoutingConfig: latest })),
    'ValidationException',
    /'\{\$LATEST=0.1\}' at 'routingConfig.additionalVersionWeights' failed .* pattern: \[0-9\]\+/,
  );
  const ofLatest = { FunctionVersion: '$LATEST', RoutingConfig: { AdditionalVersionWeights: { 1: 0.1 } } };
  await refuses(
    lambda.send(new CreateAliasCommand({ ...alias, ...ofLatest, Name: 'c' })),
    'InvalidParameterValueException',
    /^\$LATEST is not supported for an alias pointing to more than 1 version$/,
  );
  await refuses(
    lambda.send(new GetAliasCommand({ FunctionName, Name: 'gone' })),
    'ResourceNotFoundException',
    /^Cannot find alias arn: .*:refusing:gone$/,
  );
  await refuses(
    lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' })),
    'ResourceConflictException',
    /alias a/,
  );
  await lambda.send(new DeleteAliasCommand({ FunctionName, Name: 'a' }));
  await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' }));
  await refuses(
    lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: '1' })),
    'ResourceNotFoundException',
    /^Function not found: .*:refusing:1$/,
  );
});

test('a mapping and an asynchronous event may name an alias', async () => {
  const FunctionName = 'mapped';
  await create(FunctionName);
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  const source = (await sqs.send(new CreateQueueCommand({ QueueName: 'source' }))).QueueUrl;
  const told = (await sqs.send(new CreateQueueCommand({ QueueName: 'told' }))).QueueUrl ?? '';
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: packaged(teller(told)) }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
  const mapping = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: `${FunctionName}:live`,
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:source',
    }),
  );
  assert.equal(mapping.FunctionArn, `${ARN}mapped:live`);
  await sqs.send(new SendMessageCommand({ QueueUrl: source, MessageBody: 'x' }));
  assert.equal(await nextOf(told), '2 live');
  await lambda.send(new InvokeCommand({ FunctionName, Qualifier: '2', InvocationType: 'Event' }));
  assert.equal(await nextOf(told), '2 2');
});

/** Code that sends its version and the qualifier it was named by to a queue, by the plainest means. */
function teller(queueUrl: string): string {
  return `
    import { createHash, createHmac } from 'node:crypto';
    const hash = (text) => createHash('sha256').update(text).digest('hex');
    const mac = (key, text) => createHmac('sha256', key).update(text).digest();
    export const handler = async (event, context) => {
      const text = context.functionVersion + ' ' + context.invokedFunctionArn.split(':')[7];
      const body = JSON.stringify({ QueueUrl: '${queueUrl}', MessageBody: text });
      const { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
      const time = new Date().toISOString().replaceAll(/[-:]|\\.\\d+/g, '');
      const headers = { host: new URL(url).host, 'x-amz-date': time,
        'x-amz-security-token': process.env.AWS_SESSION_TOKEN, 'x-amz-target': 'AmazonSQS.SendMessage' };
      const names = Object.keys(headers).sort();
      const canonical = ['POST', '/', '', ...names.map((name) => name + ':' + headers[name]), '', names.join(';'), hash(body)].join('\\n');
      const scope = time.slice(0, 8) + '/us-east-1/sqs/aws4_request';
      let key = 'AWS4' + secret;
      for (const part of scope.split('/')) key = mac(key, part);
      const signature = mac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\\n')).toString('hex');
      const authorization = 'AWS4-HMAC-SHA256 Credential=' + id + '/' + scope + ', SignedHeaders=' + names.join(';') + ', Signature=' + signature;
      const { host, ...sent } = headers;
      const answer = await fetch(url, { method: 'POST', body, headers: { ...sent, authorization, 'content-type': 'application/x-amz-json-1.0' } });
      if (answer.status !== 200) throw new Error(await answer.text());
    };`;
}

async function nextOf(queueUrl: string): Promise<string | undefined> {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20, VisibilityTimeout: 600 }),
  );
  return Messages?.[0]?.Body;
}
