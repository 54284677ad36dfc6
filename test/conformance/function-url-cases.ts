import { create, FUNCTION, refused, wait } from './case-steps.ts';
import type { Case } from './cases.ts';

const NAMED = { FunctionName: 'reached' };
const CORS = {
  ...{ AllowCredentials: true, AllowHeaders: ['x-a'], AllowMethods: ['GET', 'POST'] },
  ...{ AllowOrigins: ['https://a.example', 'http://localhost:3000'], ExposeHeaders: ['x-b'], MaxAge: 300 },
};
const NONE = [404, 'ResourceNotFoundException', 'The resource you requested does not exist.'] as const;

const reached: Case = {
  name: 'a function and its alias are given URLs, which are read, changed, listed in pages and taken away',
  forCommandLines: true,
  steps: [
    create('reached'),
    wait('FunctionActiveV2', 'reached'),
    refused('GetFunctionUrlConfig', NAMED, NONE),
    {
      action: 'lambda:CreateFunctionUrlConfig',
      input: { ...NAMED, AuthType: 'NONE', Cors: CORS },
      output: {
        ...{ FunctionArn: `${FUNCTION}reached`, AuthType: 'NONE', Cors: CORS, InvokeMode: 'BUFFERED' },
        FunctionUrl: { $match: '^http://.*/$' },
        CreationTime: { $match: String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z$` },
      },
      save: { url: 'FunctionUrl', time: 'CreationTime' },
    },
    refused('CreateFunctionUrlConfig', { ...NAMED, AuthType: 'NONE' }, [
      ...([409, 'ResourceConflictException'] as const),
      `Failed to create function url config for [functionArn = ${FUNCTION}reached]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    ]),
    {
      action: 'lambda:UpdateFunctionUrlConfig',
      input: { ...NAMED, AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' },
      output: {
        ...{ FunctionUrl: '{url}', CreationTime: '{time}', Cors: CORS },
        ...{ AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' },
      },
    },
    { action: 'lambda:PublishVersion', input: NAMED, output: { Version: '1' } },
    { action: 'lambda:CreateAlias', input: { ...NAMED, Name: 'live', FunctionVersion: '1' } },
    {
      action: 'lambda:CreateFunctionUrlConfig',
      input: { ...NAMED, Qualifier: 'live', AuthType: 'NONE' },
      output: { FunctionArn: `${FUNCTION}reached:live` },
    },
    {
      action: 'lambda:ListFunctionUrlConfigs',
      input: { ...NAMED, MaxItems: 50 },
      output: {
        FunctionUrlConfigs: [
          { FunctionUrl: '{url}', AuthType: 'AWS_IAM' },
          { FunctionArn: `${FUNCTION}reached:live` },
        ],
      },
    },
    { action: 'lambda:DeleteAlias', input: { ...NAMED, Name: 'live' } },
    refused('GetFunctionUrlConfig', { ...NAMED, Qualifier: 'live' }, NONE),
    { action: 'lambda:DeleteFunctionUrlConfig', input: NAMED },
    refused('DeleteFunctionUrlConfig', NAMED, NONE),
    { action: 'lambda:ListFunctionUrlConfigs', input: NAMED, output: { FunctionUrlConfigs: [] } },
    refused('CreateFunctionUrlConfig', { ...NAMED, Qualifier: '1', AuthType: 'NONE' }, [
      ...([400, 'ValidationException'] as const),
      String.raw`1 validation error detected: Value '1' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)`,
    ]),
    refused('CreateFunctionUrlConfig', { FunctionName: 'unreached', AuthType: 'NONE' }, [
      ...([404, 'ResourceNotFoundException', 'Function does not exist'] as const),
    ]),
    { action: 'lambda:DeleteFunction', input: NAMED },
  ],
};

/** URLs of functions. */
export const functionUrls: readonly Case[] = [reached];
