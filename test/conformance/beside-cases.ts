import { create, FUNCTION, refused, wait } from './case-steps.ts';
import type { Case } from './cases.ts';

const permitted: Case = {
  name: 'permissions of a function and its alias are added, shown as a policy, and removed',
  forCommandLines: true,
  steps: [
    create('permitted'),
    wait('FunctionActiveV2', 'permitted'),
    refused('GetPolicy', { FunctionName: 'permitted' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      'The resource you requested does not exist.',
    ]),
    {
      action: 'lambda:AddPermission',
      input: {
        ...{ FunctionName: 'permitted', StatementId: 's3', Action: 'lambda:InvokeFunction' },
        ...{ Principal: 's3.amazonaws.com', SourceAccount: '123456789012', SourceArn: 'arn:aws:s3:::bucket' },
      },
      output: {
        Statement: {
          $match:
            '^{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",' +
            `"Resource":"${FUNCTION}permitted","Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},` +
            '"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}}$',
        },
      },
    },
    {
      action: 'lambda:GetPolicy',
      input: { FunctionName: 'permitted' },
      output: {
        Policy: { $match: '^{"Version":"2012-10-17","Id":"default","Statement":\\[{"Sid":"s3"' },
        RevisionId: { $match: '^[0-9a-f-]{36}$' },
      },
    },
    refused(
      'AddPermission',
      {
        ...{ FunctionName: 'permitted', StatementId: 's3', Action: 'lambda:InvokeFunction' },
        Principal: '*',
      },
      [
        ...([409, 'ResourceConflictException'] as const),
        'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
      ],
    ),
    {
      action: 'lambda:PublishVersion',
      input: { FunctionName: 'permitted' },
      output: { Version: '1' },
    },
    {
      action: 'lambda:CreateAlias',
      input: { FunctionName: 'permitted', Name: 'live', FunctionVersion: '1' },
      output: { Name: 'live' },
    },
    {
      action: 'lambda:AddPermission',
      input: {
        ...{ FunctionName: 'permitted', Qualifier: 'live', StatementId: 'all', Action: 'lambda:*' },
        Principal: '123456789012',
      },
      output: { Statement: { $match: `"Resource":"${FUNCTION}permitted:live"}$` } },
    },
    {
      action: 'lambda:RemovePermission',
      input: { FunctionName: 'permitted', Qualifier: 'live', StatementId: 'all' },
    },
    refused('GetPolicy', { FunctionName: 'permitted', Qualifier: 'live' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      'The resource you requested does not exist.',
    ]),
    refused('RemovePermission', { FunctionName: 'permitted', StatementId: 'none' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      'Statement none is not found in resource policy.',
    ]),
    { action: 'lambda:RemovePermission', input: { FunctionName: 'permitted', StatementId: 's3' } },
    refused('RemovePermission', { FunctionName: 'permitted', StatementId: 's3' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      'No policy is associated with the given resource.',
    ]),
  ],
};

const looked: Case = {
  name: 'what tools look for beside a function is answered, and a change is tried without being made',
  steps: [
    create('looked'),
    wait('FunctionActiveV2', 'looked'),
    {
      action: 'lambda:GetFunctionConfiguration',
      input: { FunctionName: 'looked' },
      output: { FunctionName: 'looked' },
      save: { hash: 'CodeSha256' },
    },
    {
      action: 'lambda:UpdateFunctionCode',
      input: {
        ...{ FunctionName: 'looked', DryRun: true },
        ZipFile: { $zip: { 'index.mjs': 'export const handler = async () => "other";' } },
      },
      output: { CodeSha256: { $match: '^(?!{hash}$)' }, LastUpdateStatus: 'Successful' },
    },
    {
      action: 'lambda:GetFunctionConfiguration',
      input: { FunctionName: 'looked' },
      output: { CodeSha256: '{hash}' },
    },
    {
      action: 'lambda:GetFunctionCodeSigningConfig',
      input: { FunctionName: 'looked' },
      output: { FunctionName: 'looked' },
      absent: ['CodeSigningConfigArn'],
    },
    {
      action: 'lambda:PutRuntimeManagementConfig',
      input: { FunctionName: 'looked', UpdateRuntimeOn: 'Auto' },
      output: { UpdateRuntimeOn: 'Auto', FunctionArn: `${FUNCTION}looked` },
    },
    {
      action: 'lambda:GetRuntimeManagementConfig',
      input: { FunctionName: 'looked' },
      output: { UpdateRuntimeOn: 'Auto' },
      absent: ['RuntimeVersionArn'],
    },
    refused('PutRuntimeManagementConfig', { FunctionName: 'looked', UpdateRuntimeOn: 'FunctionUpdate' }, [
      ...([400, 'InvalidParameterValueException'] as const),
      'UpdateRuntimeOn FunctionUpdate is not supported by this server.',
    ]),
    refused('GetFunctionUrlConfig', { FunctionName: 'looked' }, [
      ...([404, 'ResourceNotFoundException'] as const),
      'The resource you requested does not exist.',
    ]),
    {
      action: 'lambda:ListFunctionUrlConfigs',
      input: { FunctionName: 'looked' },
      output: { FunctionUrlConfigs: [] },
    },
    refused(
      'PutFunctionEventInvokeConfig',
      {
        FunctionName: 'looked',
        DestinationConfig: { OnFailure: { Destination: `${FUNCTION}looked` } },
      },
      [
        ...([400, 'InvalidParameterValueException'] as const),
        "You can't specify the function as a destination for itself.",
      ],
    ),
    refused('PutFunctionEventInvokeConfig', { FunctionName: 'looked' }, [
      ...([400, 'InvalidParameterValueException'] as const),
      'You must specify at least one of error handling or destination setting.',
    ]),
  ],
};

/** What stands beside a function: its permissions, and what tools look for. */
export const beside: readonly Case[] = [permitted, looked];
