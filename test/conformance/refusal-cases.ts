import type { Case, Step } from './cases.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:{account}:function:';
const ZIP = { $zip: { 'index.mjs': 'export const handler = async () => 1;' } };

type Words = readonly [status: number, type: string, message: string];

function refused(action: string, input: Step['input'], [status, type, message]: Words): Step {
  return { action: `lambda:${action}`, input, error: { code: type, type, status, message } };
}

const missing = (message: string): Words => [404, 'ResourceNotFoundException', message];
const wrong = (message: string): Words => [400, 'InvalidParameterValueException', message];

function create(FunctionName: string, change: object = {}): Step {
  return {
    action: 'lambda:CreateFunction',
    input: {
      ...{ FunctionName, Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: ZIP } },
      ...{ Role: 'arn:aws:iam::{account}:role/any', ...change },
    },
  };
}

const aliases: Case = {
  name: 'an alias without its function is missed as the function is',
  steps: [
    create('named'),
    ...(['GetAlias', 'UpdateAlias', 'DeleteAlias'] as const).map((action) =>
      refused(
        action,
        { FunctionName: 'nothing', Name: 'live' },
        missing(`Function not found: ${FUNCTION}nothing`),
      ),
    ),
    refused(
      'CreateAlias',
      { FunctionName: 'nothing', Name: 'live', FunctionVersion: '1' },
      missing(`Function not found: ${FUNCTION}nothing:1`),
    ),
    refused(
      'GetAlias',
      { FunctionName: 'named', Name: 'live' },
      missing(`Cannot find alias arn: ${FUNCTION}named:live`),
    ),
    refused(
      'UpdateAlias',
      { FunctionName: 'named', Name: 'live' },
      missing(`Alias not found: ${FUNCTION}named:live`),
    ),
    { action: 'lambda:DeleteAlias', input: { FunctionName: 'named', Name: 'live' } },
    refused(
      'CreateAlias',
      {
        ...{ FunctionName: 'named', Name: 'live', FunctionVersion: '1' },
        RoutingConfig: { AdditionalVersionWeights: { 2: 1.5 } },
      },
      [
        ...([400, 'ValidationException'] as const),
        "1 validation error detected: Value '{2=1.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
      ],
    ),
  ],
};

const rules: Case = {
  name: 'rules for events are missed with their function, and a destination may come later',
  steps: [
    create('ruled'),
    refused(
      'GetFunctionEventInvokeConfig',
      { FunctionName: 'nothing' },
      missing(`The function ${FUNCTION}nothing:$LATEST doesn't have an EventInvokeConfig`),
    ),
    refused(
      'PutFunctionEventInvokeConfig',
      { FunctionName: 'ruled', Qualifier: '7', MaximumRetryAttempts: 1 },
      missing("The function doesn't exist."),
    ),
    refused(
      'PutFunctionEventInvokeConfig',
      { FunctionName: 'ruled', DestinationConfig: { OnSuccess: { Destination: `${FUNCTION}nothing` } } },
      wrong(`The destination ARN ${FUNCTION}nothing is invalid.`),
    ),
    {
      action: 'lambda:PutFunctionEventInvokeConfig',
      input: {
        FunctionName: 'ruled',
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:{account}:later' } },
      },
      output: { FunctionArn: `${FUNCTION}ruled:$LATEST` },
    },
  ],
};

const concurrency: Case = {
  name: 'concurrency is of the function as a whole, and some of it stays for others',
  steps: [
    create('bounded', { Publish: true }),
    { action: 'lambda:wait:FunctionActiveV2', input: { FunctionName: 'bounded' } },
    refused(
      'PutFunctionConcurrency',
      { FunctionName: 'bounded:1', ReservedConcurrentExecutions: 1 },
      wrong(
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
      ),
    ),
    refused(
      'PutProvisionedConcurrencyConfig',
      { FunctionName: 'bounded', Qualifier: 'live', ProvisionedConcurrentExecutions: 1 },
      missing(`Cannot find alias arn: ${FUNCTION}bounded:live`),
    ),
    refused(
      'PutProvisionedConcurrencyConfig',
      { FunctionName: 'bounded', Qualifier: '1', ProvisionedConcurrentExecutions: 950 },
      wrong(
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      ),
    ),
    refused(
      'PutProvisionedConcurrencyConfig',
      { FunctionName: 'bounded', Qualifier: '1', ProvisionedConcurrentExecutions: 1001 },
      wrong(
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].",
      ),
    ),
    {
      action: 'lambda:DeleteProvisionedConcurrencyConfig',
      input: { FunctionName: 'bounded', Qualifier: '1' },
    },
  ],
};

const others: Case = {
  name: 'what is not there or not allowed is said in the words of AWS',
  steps: [
    { ...create('worded', { Publish: true }), output: { FunctionArn: `${FUNCTION}worded`, Version: '1' } },
    {
      action: 'lambda:ListVersionsByFunction',
      input: { FunctionName: 'worded' },
      output: { Versions: [{ Version: '$LATEST' }, { Version: '1' }] },
      absent: ['Versions.0.State', 'Versions.1.State', 'Versions.1.LastUpdateStatus'],
    },
    {
      ...create('x'.repeat(65)),
      error: {
        ...{ code: 'InvalidParameterValueException', status: 400 },
        message: `1 validation error detected: Value '${'x'.repeat(65)}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
      },
    },
    {
      ...create('two', { Architectures: ['x86_64', 'arm64'] }),
      error: {
        ...{ code: 'ValidationException', status: 400 },
        message:
          "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
      },
    },
    refused('ListFunctionUrlConfigs', { FunctionName: 'nothing' }, missing('Function does not exist')),
    refused('UpdateFunctionUrlConfig', { FunctionName: 'nothing' }, missing('Function does not exist')),
    refused(
      'AddPermission',
      {
        ...{ FunctionName: 'worded', StatementId: 's', Action: 'lambda:InvokeFunction' },
        Principal: 'somewhere.example.com',
      },
      wrong('The provided principal was invalid. Please check the principal and try again.'),
    ),
    refused(
      'AddPermission',
      {
        ...{ FunctionName: 'worded', StatementId: 's', Action: 'lambda:InvokeFunction' },
        ...{ Principal: 's3.amazonaws.com', Qualifier: 'live' },
      },
      missing(`Cannot find alias arn: ${FUNCTION}worded:live`),
    ),
    refused(
      'GetPolicy',
      { FunctionName: 'worded', Qualifier: '9' },
      missing('The resource you requested does not exist.'),
    ),
    refused(
      'TagResource',
      { Resource: `${FUNCTION}worded`, Tags: {} },
      wrong('An error occurred and the request cannot be processed.'),
    ),
    refused(
      'TagResource',
      { Resource: `${FUNCTION}worded:1`, Tags: { a: 'b' } },
      wrong('Tags on function aliases and versions are not supported. Please specify a function ARN.'),
    ),
    refused('CreateEventSourceMapping', { FunctionName: 'worded' }, wrong('Unrecognized event source.')),
  ],
};

/** What Lambda refuses, word by word: as AWS was seen to, and as others that were compared with it do. */
export const refusals: readonly Case[] = [aliases, rules, concurrency, others];
