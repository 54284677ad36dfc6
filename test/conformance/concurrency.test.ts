import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CreateAliasCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { LambdaPlatform } from '../crash/lambda-platform.ts';

const platform = await LambdaPlatform.startAlone('concurrency');
const { lambda } = platform;
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

test('reserved concurrency bounds a function; zero turns it off until that is taken back', async () => {
  const FunctionName = 'reserved';
  await create(FunctionName);
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  const got = await lambda.send(new GetFunctionCommand({ FunctionName }));
  assert.equal(got.Concurrency?.ReservedConcurrentExecutions, 0);
  const named = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: '$LATEST' }));
  assert.equal(named.Concurrency, undefined, 'AWS tells it of the whole function alone');
  await assert.rejects(said(FunctionName), (error: Error & { Reason?: string }) => {
    assert.equal(error.name, 'TooManyRequestsException');
    assert.equal(error.Reason, 'ReservedFunctionConcurrentInvocationLimitExceeded');
    return true;
  });
  await assert.rejects(
    lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 901 })),
    /below its minimum value of \[100\]/,
  );
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  const { ReservedConcurrentExecutions } = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName }),
  );
  assert.equal(ReservedConcurrentExecutions, undefined);
  assert.match(await said(FunctionName), /^one/);
});

test('provisioned environments of a version stand ready before anybody asks', async () => {
  const FunctionName = 'provisioned';
  await create(FunctionName);
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  const place = { FunctionName, Qualifier: '1' };
  await assert.rejects(
    lambda.send(
      new PutProvisionedConcurrencyConfigCommand({
        ...{ FunctionName, Qualifier: '$LATEST', ProvisionedConcurrentExecutions: 1 },
      }),
    ),
    /cannot be applied to unpublished function versions/,
  );
  await assert.rejects(lambda.send(new GetProvisionedConcurrencyConfigCommand(place)), {
    name: 'ProvisionedConcurrencyConfigNotFoundException',
  });
  const put = await lambda.send(
    new PutProvisionedConcurrencyConfigCommand({ ...place, ProvisionedConcurrentExecutions: 2 }),
  );
  assert.equal(put.RequestedProvisionedConcurrentExecutions, 2);
  for (;;) {
    const got = await lambda.send(new GetProvisionedConcurrencyConfigCommand(place));
    if (got.Status === 'READY') break;
    assert.equal(got.Status, 'IN_PROGRESS');
  }
  const answer = await lambda.send(new InvokeCommand({ ...place, LogType: 'Tail' }));
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  assert.match(log, /REPORT/);
  const listed = await lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName }));
  assert.equal(listed.ProvisionedConcurrencyConfigs?.[0]?.FunctionArn, `${ARN}provisioned:1`);
  await lambda.send(new DeleteProvisionedConcurrencyConfigCommand(place));
  await assert.rejects(lambda.send(new GetProvisionedConcurrencyConfigCommand(place)));
});

test('what an alias has provisioned moves with it, and excludes a reservation below it', async () => {
  const FunctionName = 'moving';
  await create(FunctionName);
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 }));
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  const byAlias = { FunctionName, Qualifier: 'live' };
  const byVersion = { FunctionName, Qualifier: '1' };
  const put = (place: typeof byAlias): Promise<unknown> =>
    lambda.send(new PutProvisionedConcurrencyConfigCommand({ ...place, ProvisionedConcurrentExecutions: 1 }));
  await put(byAlias);
  await assert.rejects(put(byVersion), /Version is pointed by a Provisioned Concurrency alias/);
  await assert.rejects(lambda.send(new GetProvisionedConcurrencyConfigCommand(byVersion)), {
    name: 'ProvisionedConcurrencyConfigNotFoundException',
  });
  await assert.rejects(
    lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 })),
    /should not be lower than function's total provisioned concurrency \[1\]/,
  );
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
  await lambda.send(new GetProvisionedConcurrencyConfigCommand(byAlias));
  await put(byVersion);
  await assert.rejects(
    lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' })),
    /already Provisioned version/,
  );
  const listed = await lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName }));
  assert.deepEqual(
    listed.ProvisionedConcurrencyConfigs?.map(({ FunctionArn }) => FunctionArn),
    [`${ARN}moving:1`, `${ARN}moving:live`],
  );
});
