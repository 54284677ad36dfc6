import { create, FUNCTION, invoke, refused, wait } from './case-steps.ts';
import type { Case } from './cases.ts';
import { beside } from './beside-cases.ts';
import { functionUrls } from './function-url-cases.ts';
import { layerCases } from './layer-cases.ts';
import { mappingCases } from './mapping-cases.ts';
import { refusals } from './refusal-cases.ts';

const made: Case = {
  name: 'a function is made, waited for, read, invoked in every way, and deleted',
  forCommandLines: true,
  steps: [
    create('made', {
      ...{ Description: 'says what it is told', Timeout: 10, MemorySize: 256, Tags: { team: 'a' } },
      Environment: { Variables: { SAYS: 'hello' } },
    }),
    wait('FunctionActiveV2', 'made'),
    {
      action: 'lambda:GetFunction',
      input: { FunctionName: 'made' },
      output: {
        Configuration: {
          ...{ State: 'Active', LastUpdateStatus: 'Successful', Timeout: 10, MemorySize: 256 },
          ...{ Description: 'says what it is told', PackageType: 'Zip', Architectures: ['x86_64'] },
          ...{ EphemeralStorage: { Size: 512 }, TracingConfig: { Mode: 'PassThrough' } },
          ...{ LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/made' } },
          ...{ LastModified: { $match: String.raw`^\d{4}-\d\d-\d\dT[\d:.]+\+0000$` } },
          ...{ RevisionId: { $match: '^[0-9a-f-]{36}$' }, CodeSha256: { $match: '^[A-Za-z0-9+/]{43}=$' } },
          Environment: { Variables: { SAYS: 'hello' } },
        },
        Code: { RepositoryType: 'S3', Location: { $match: '^http' } },
        Tags: { team: 'a' },
      },
    },
    invoke(
      {
        ...{ FunctionName: 'made', LogType: 'Tail', Payload: { $text: '{"n":1}' } },
        ClientContext: Buffer.from('{"custom":{"a":"b"}}').toString('base64'),
      },
      {
        ...{ StatusCode: 200, ExecutedVersion: '$LATEST' },
        Payload: { $text: '{"said":"hello","event":{"n":1},"custom":{"a":"b"}}' },
        LogResult: {
          $base64: String.raw`^START RequestId: \S+ Version: \$LATEST\n[\s\S]*seen by made\nEND RequestId: \S+\nREPORT RequestId: `,
        },
      },
    ),
    invoke({ FunctionName: 'made', InvocationType: 'DryRun' }, { StatusCode: 204 }),
    invoke({ FunctionName: 'made', InvocationType: 'Event', Payload: { $text: '{}' } }, { StatusCode: 202 }),
    invoke(
      { FunctionName: 'made', Payload: { $text: '{"fail":true}' } },
      { StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST' },
    ),
    { action: 'lambda:DeleteFunction', input: { FunctionName: 'made' } },
    refused('GetFunction', { FunctionName: 'made' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      `Function not found: ${FUNCTION}made`,
    ]),
  ],
};

const streamed: Case = {
  name: 'an answer comes in pieces, and its end says what went wrong',
  steps: [
    create(
      'streamer',
      {},
      `export const handler = awslambda.streamifyResponse(async ({ fail }, stream) => {
        stream.write('first ');
        if (fail) throw new RangeError('too far');
        stream.end('last');
      });`,
    ),
    wait('FunctionActiveV2', 'streamer'),
    {
      action: 'lambda:InvokeWithResponseStream',
      input: { FunctionName: 'streamer', LogType: 'Tail', Payload: { $text: '{"fail":true}' } },
      output: {
        ...{ StatusCode: 200, ExecutedVersion: '$LATEST' },
        EventStream: [
          { PayloadChunk: { Payload: { $text: 'first ' } } },
          {
            InvokeComplete: {
              ...{ ErrorCode: 'Unhandled', ErrorDetails: { $match: 'RangeError.*too far' } },
              LogResult: { $base64: '^START RequestId: ' },
            },
          },
        ],
      },
    },
  ],
};

const changed: Case = {
  name: 'code and configuration are changed, each waited for, and a stale revision is refused',
  steps: [
    create('changed'),
    wait('FunctionActiveV2', 'changed'),
    {
      action: 'lambda:UpdateFunctionConfiguration',
      input: { FunctionName: 'changed', Timeout: 7, Environment: { Variables: { SAYS: 'more' } } },
      output: { Timeout: 7, MemorySize: 128, LastUpdateStatus: 'InProgress', State: 'Active' },
    },
    wait('FunctionUpdatedV2', 'changed'),
    {
      action: 'lambda:GetFunctionConfiguration',
      input: { FunctionName: `${FUNCTION}changed` },
      output: { LastUpdateStatus: 'Successful', Environment: { Variables: { SAYS: 'more' } } },
      save: { revision: 'RevisionId' },
    },
    {
      action: 'lambda:UpdateFunctionCode',
      input: {
        ...{ FunctionName: 'changed', RevisionId: '{revision}' },
        ZipFile: { $zip: { 'index.mjs': 'export const handler = async () => "new";' } },
      },
      output: { LastUpdateStatus: 'InProgress', Timeout: 7 },
    },
    refused(
      'UpdateFunctionConfiguration',
      { FunctionName: 'changed', Timeout: 8, RevisionId: '{revision}' },
      [
        ...([412, 'PreconditionFailedException'] as const),
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      ],
    ),
    wait('FunctionUpdatedV2', 'changed'),
    invoke({ FunctionName: '{account}:function:changed' }, { Payload: { $text: '"new"' } }),
  ],
};

const versions: Case = {
  name: 'versions are published and listed in pages; aliases lead to them by weight',
  forCommandLines: true,
  steps: [
    create('versioned'),
    wait('FunctionActiveV2', 'versioned'),
    {
      action: 'lambda:PublishVersion',
      input: { FunctionName: 'versioned', Description: 'first' },
      output: { Version: '1', FunctionArn: `${FUNCTION}versioned:1`, Description: 'first' },
    },
    {
      action: 'lambda:UpdateFunctionCode',
      input: {
        ...{ FunctionName: 'versioned', Publish: true },
        ZipFile: { $zip: { 'index.mjs': 'export const handler = async () => "two";' } },
      },
      output: { Version: '2' },
    },
    {
      action: 'lambda:CreateAlias',
      input: {
        ...{ FunctionName: 'versioned', Name: 'live', FunctionVersion: '2' },
        RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } },
      },
      output: {
        ...{ AliasArn: `${FUNCTION}versioned:live`, Name: 'live', FunctionVersion: '2', Description: '' },
        RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } },
      },
    },
    {
      action: 'lambda:UpdateAlias',
      input: {
        ...{ FunctionName: 'versioned', Name: 'live' },
        RoutingConfig: { AdditionalVersionWeights: { '1': 1 } },
      },
      output: { FunctionVersion: '2' },
    },
    // Only invocations go by the weights.
    {
      action: 'lambda:GetFunctionConfiguration',
      input: { FunctionName: 'versioned', Qualifier: 'live' },
      output: { Version: '2', FunctionArn: `${FUNCTION}versioned:live` },
    },
    invoke({ FunctionName: 'versioned:live', Payload: { $text: '{}' } }, { ExecutedVersion: '1' }),
    refused(
      'PutProvisionedConcurrencyConfig',
      { FunctionName: 'versioned', Qualifier: 'live', ProvisionedConcurrentExecutions: 1 },
      [
        ...([400, 'InvalidParameterValueException'] as const),
        'Alias with weights can not be used with Provisioned Concurrency',
      ],
    ),
    { action: 'lambda:wait:PublishedVersionActive', input: { FunctionName: 'versioned', Qualifier: '2' } },
    {
      action: 'lambda:UpdateAlias',
      input: { FunctionName: 'versioned', Name: 'live', RoutingConfig: { AdditionalVersionWeights: {} } },
      output: { FunctionVersion: '2' },
      absent: ['RoutingConfig'],
    },
    wait('FunctionUpdatedV2', 'versioned'),
    invoke(
      { FunctionName: 'versioned', Qualifier: 'live' },
      { ExecutedVersion: '2', Payload: { $text: '"two"' } },
    ),
    invoke({ FunctionName: 'versioned:1', Payload: { $text: '{}' } }, { ExecutedVersion: '1' }),
    {
      action: 'lambda:ListVersionsByFunction',
      input: { FunctionName: 'versioned', MaxItems: 2 },
      output: { Versions: [{ Version: '$LATEST' }, { Version: '1' }], NextMarker: { $match: '.' } },
      save: { marker: 'NextMarker' },
    },
    {
      action: 'lambda:ListVersionsByFunction',
      input: { FunctionName: 'versioned', MaxItems: 2, Marker: '{marker}' },
      output: { Versions: [{ Version: '2' }] },
      absent: ['NextMarker'],
    },
    refused('CreateAlias', { FunctionName: 'versioned', Name: 'live', FunctionVersion: '1' }, [
      ...([409, 'ResourceConflictException'] as const),
      `Alias already exists: ${FUNCTION}versioned:live`,
    ]),
    refused('GetAlias', { FunctionName: 'versioned', Name: 'none' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      `Cannot find alias arn: ${FUNCTION}versioned:none`,
    ]),
  ],
};

const kept: Case = {
  name: 'reserved concurrency, rules of events, tags and the stop of loops are set, read and taken back',
  steps: [
    create('kept', { Tags: { a: '1' } }),
    wait('FunctionActiveV2', 'kept'),
    {
      action: 'lambda:PutFunctionConcurrency',
      input: { FunctionName: 'kept', ReservedConcurrentExecutions: 0 },
      output: { ReservedConcurrentExecutions: 0 },
    },
    refused('Invoke', { FunctionName: 'kept', Payload: { $text: '{}' } }, [
      ...([429, 'TooManyRequestsException'] as const),
      'Rate Exceeded.',
    ]),
    { action: 'lambda:DeleteFunctionConcurrency', input: { FunctionName: 'kept' } },
    invoke({ FunctionName: 'kept', Payload: { $text: '{}' } }, { StatusCode: 200 }),
    { action: 'CreateQueue', input: { QueueName: 'kept-failed' } },
    {
      action: 'lambda:PutFunctionEventInvokeConfig',
      input: {
        ...{ FunctionName: 'kept', MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 },
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:{account}:kept-failed' } },
      },
      output: { FunctionArn: `${FUNCTION}kept:$LATEST`, MaximumRetryAttempts: 1 },
    },
    {
      action: 'lambda:UpdateFunctionEventInvokeConfig',
      input: { FunctionName: 'kept', MaximumRetryAttempts: 0 },
      output: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
    },
    {
      action: 'lambda:ListFunctionEventInvokeConfigs',
      input: { FunctionName: 'kept' },
      output: {
        FunctionEventInvokeConfigs: [
          {
            DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:{account}:kept-failed' } },
          },
        ],
      },
    },
    { action: 'lambda:DeleteFunctionEventInvokeConfig', input: { FunctionName: 'kept' } },
    refused('GetFunctionEventInvokeConfig', { FunctionName: 'kept' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      `The function ${FUNCTION}kept:$LATEST doesn't have an EventInvokeConfig`,
    ]),
    { action: 'lambda:TagResource', input: { Resource: `${FUNCTION}kept`, Tags: { b: '2' } } },
    { action: 'lambda:UntagResource', input: { Resource: `${FUNCTION}kept`, TagKeys: ['a'] } },
    {
      action: 'lambda:ListTags',
      input: { Resource: `${FUNCTION}kept` },
      output: { Tags: { b: '2' } },
      absent: ['Tags.a'],
    },
    {
      action: 'lambda:PutFunctionRecursionConfig',
      input: { FunctionName: 'kept', RecursiveLoop: 'Allow' },
      output: { RecursiveLoop: 'Allow' },
    },
    {
      action: 'lambda:GetAccountSettings',
      input: {},
      output: { AccountLimit: { ConcurrentExecutions: 1000, CodeSizeZipped: 52_428_800 } },
    },
  ],
};

const listed: Case = {
  name: 'functions are listed in pages, each with its versions when that is asked',
  steps: [
    ...['list-a', 'list-b', 'list-c'].map((name) => create(name)),
    wait('FunctionActiveV2', 'list-a'),
    { action: 'lambda:PublishVersion', input: { FunctionName: 'list-a' }, output: { Version: '1' } },
    {
      action: 'lambda:ListFunctions',
      input: { FunctionVersion: 'ALL', MaxItems: 10_000 },
      output: { Functions: { $match: '.' } },
    },
    {
      action: 'lambda:ListFunctions',
      input: { MaxItems: 1 },
      output: { Functions: [{ Runtime: 'nodejs24.x' }], NextMarker: { $match: '.' } },
      save: { marker: 'NextMarker', first: 'Functions.0.FunctionName' },
    },
    {
      action: 'lambda:ListFunctions',
      input: { MaxItems: 1, Marker: '{marker}' },
      output: { Functions: [{ FunctionName: { $match: '^(?!{first}$)' } }] },
    },
  ],
};

const bad: Case = {
  name: 'bad input is refused with the constraint named, and nothing of it is made',
  forCommandLines: true,
  steps: [
    {
      ...create('bad name!', { Timeout: 1801, MemorySize: 128 }),
      error: {
        ...{ code: 'ValidationException', status: 400 },
        message: `1 validation error detected: Value '1801' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 1800`,
      },
    },
    {
      ...create('bad', { Description: 'x'.repeat(257), Handler: 'a b' }),
      error: {
        ...{ code: 'ValidationException', status: 400 },
        message: `2 validation errors detected: Value 'a b' at 'handler' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\\s]+; Value '${'x'.repeat(257)}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 256`,
      },
    },
    refused('GetFunction', { FunctionName: 'bad' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      `Function not found: ${FUNCTION}bad`,
    ]),
    refused('Invoke', { FunctionName: 'bad', Qualifier: '3' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      `Function not found: ${FUNCTION}bad:3`,
    ]),
    refused('GetFunction', { FunctionName: 'arn:aws:lambda:eu-west-1:{account}:function:bad' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    ]),
    refused('ListFunctions', { MaxItems: 10_001 }, [
      ...([400, 'ValidationException'] as const),
      `1 validation error detected: Value '10001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 10000`,
    ]),
  ],
};

/** The cases of Lambda, the same for every client; `{account}` is the caller's. */
export const LAMBDA_CASES: readonly Case[] = [
  made,
  streamed,
  changed,
  versions,
  kept,
  listed,
  ...beside,
  ...layerCases,
  ...functionUrls,
  ...mappingCases,
  ...refusals,
  bad,
];
