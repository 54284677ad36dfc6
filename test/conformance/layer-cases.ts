import { create, FUNCTION, refused, wait } from './case-steps.ts';
import type { Case } from './cases.ts';

const LAYER = 'arn:aws:lambda:us-east-1:{account}:layer:';
const ONE = { LayerName: 'shared', VersionNumber: 1 };

const shared: Case = {
  name: 'a layer is published, found by its ARN, permitted to others, and gone with its policy',
  forCommandLines: true,
  steps: [
    {
      action: 'lambda:PublishLayerVersion',
      input: {
        ...{ LayerName: 'shared', Description: 'words', CompatibleRuntimes: ['nodejs24.x', 'python3.8'] },
        ...{ CompatibleArchitectures: ['x86_64'], LicenseInfo: 'MIT' },
        Content: { ZipFile: { $zip: { 'nodejs/words.js': 'exports.said = 1;' } } },
      },
      output: {
        ...{ LayerArn: `${LAYER}shared`, LayerVersionArn: `${LAYER}shared:1`, Version: 1 },
        ...{ Description: 'words', LicenseInfo: 'MIT', CompatibleArchitectures: ['x86_64'] },
        CompatibleRuntimes: ['nodejs24.x', 'python3.8'],
      },
    },
    {
      action: 'lambda:GetLayerVersionByArn',
      input: { Arn: `${LAYER}shared:1` },
      output: { LayerVersionArn: `${LAYER}shared:1`, Content: { Location: { $match: '^http' } } },
    },
    {
      action: 'lambda:AddLayerVersionPermission',
      input: { ...ONE, StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' },
      output: {
        Statement: `{"Sid":"all","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"${LAYER}shared:1"}`,
        RevisionId: { $match: '^[0-9a-f-]{36}$' },
      },
    },
    refused(
      'AddLayerVersionPermission',
      { ...ONE, StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '123456789012' },
      [
        ...([409, 'ResourceConflictException'] as const),
        'The statement id (all) provided already exists. Please provide a new statement id, or remove the existing statement.',
      ],
    ),
    {
      action: 'lambda:GetLayerVersionPolicy',
      input: ONE,
      output: { Policy: { $match: '^{"Version":"2012-10-17","Id":"default","Statement":\\[{"Sid":"all"' } },
    },
    { action: 'lambda:RemoveLayerVersionPermission', input: { ...ONE, StatementId: 'all' } },
    refused('GetLayerVersionPolicy', ONE, [
      ...([404, 'ResourceNotFoundException'] as const),
      'No policy is associated with the given resource.',
    ]),
    create('six', { Layers: [`${LAYER}shared:1`] }),
    refused(
      'UpdateFunctionConfiguration',
      { FunctionName: 'six', Layers: Array.from({ length: 6 }, () => `${LAYER}shared:1`) },
      [...([400, 'InvalidParameterValueException'] as const), 'Cannot reference more than 5 layers.'],
    ),
    { action: 'lambda:DeleteLayerVersion', input: ONE },
    refused('GetLayerVersion', ONE, [
      ...([404, 'ResourceNotFoundException'] as const),
      'The resource you requested does not exist.',
    ]),
  ],
};

const PUBLISHER = 'arn:aws:signer:us-east-1:{account}:/signing-profiles/p/abc';

const signed: Case = {
  name: 'a code signing configuration is made, named by a function, and kept while it is',
  forCommandLines: true,
  steps: [
    {
      action: 'lambda:CreateCodeSigningConfig',
      input: { AllowedPublishers: { SigningProfileVersionArns: [PUBLISHER] }, Description: 'ours' },
      output: {
        CodeSigningConfig: {
          ...{ Description: 'ours', CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' } },
          AllowedPublishers: { SigningProfileVersionArns: [PUBLISHER] },
          CodeSigningConfigId: { $match: '^csc-[a-z0-9]{17}$' },
        },
      },
      save: { arn: 'CodeSigningConfig.CodeSigningConfigArn' },
    },
    create('signed', { CodeSigningConfigArn: '{arn}' }),
    wait('FunctionActiveV2', 'signed'),
    {
      action: 'lambda:GetFunctionCodeSigningConfig',
      input: { FunctionName: 'signed' },
      output: { CodeSigningConfigArn: '{arn}', FunctionName: 'signed' },
    },
    {
      action: 'lambda:ListFunctionsByCodeSigningConfig',
      input: { CodeSigningConfigArn: '{arn}' },
      output: { FunctionArns: [`${FUNCTION}signed`] },
    },
    refused('DeleteCodeSigningConfig', { CodeSigningConfigArn: '{arn}' }, [
      ...([409, 'ResourceConflictException'] as const),
      'The code signing configuration {arn} is used by a function.',
    ]),
    {
      action: 'lambda:UpdateCodeSigningConfig',
      input: { CodeSigningConfigArn: '{arn}', Description: 'theirs' },
      output: { CodeSigningConfig: { Description: 'theirs' } },
    },
    refused(
      'UpdateCodeSigningConfig',
      {
        CodeSigningConfigArn: '{arn}',
        CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
      },
      [
        ...([400, 'InvalidParameterValueException'] as const),
        'CodeSigningPolicies.UntrustedArtifactOnDeployment Enforce is not supported by this server.',
      ],
    ),
    { action: 'lambda:DeleteFunctionCodeSigningConfig', input: { FunctionName: 'signed' } },
    { action: 'lambda:DeleteCodeSigningConfig', input: { CodeSigningConfigArn: '{arn}' } },
    refused('PutFunctionCodeSigningConfig', { FunctionName: 'signed', CodeSigningConfigArn: '{arn}' }, [
      ...([404, 'CodeSigningConfigNotFoundException'] as const),
      'The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}.',
    ]),
    { action: 'lambda:ListCodeSigningConfigs', input: {}, output: { CodeSigningConfigs: [] } },
  ],
};

/** Layers, and who is to have signed code. */
export const layerCases: readonly Case[] = [shared, signed];
