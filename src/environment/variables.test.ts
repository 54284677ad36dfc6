import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf } from './fixture/scripted.ts';
import { variablesOf } from './variables.ts';

const CREDENTIALS = { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' };

function made(own: Readonly<Record<string, string>>, ofRuntime: Readonly<Record<string, string>> = {}) {
  const plain = recordOf('f');
  const record = { ...plain, settings: { ...plain.settings, variables: own } };
  const places = {
    ...{ logStream: 'stream', endpointUrl: 'http://127.0.0.1:9' },
    initialization: 'on-demand' as const,
  };
  return variablesOf({ record, ...places, credentials: CREDENTIALS, ofRuntime });
}

test('every variable that AWS sets is there', () => {
  const variables = made(
    {},
    { AWS_LAMBDA_RUNTIME_API: '127.1.0.1:9001', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  );
  assert.deepEqual(variables, {
    AWS_ACCESS_KEY_ID: 'A',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
    AWS_LAMBDA_RUNTIME_API: '127.1.0.1:9001',
    AWS_REGION: 'us-east-1',
    AWS_SECRET_ACCESS_KEY: 'S',
    AWS_SESSION_TOKEN: 'T',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    HOME: '/tmp',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: '/var/task',
    LANG: 'en_US.UTF-8',
    LD_LIBRARY_PATH: '/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
    PATH: '/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
    _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
    _HANDLER: 'index.handler',
  });
});

test('an owner changes what AWS lets them change, and nothing that it reserves', () => {
  const variables = made(
    { TZ: 'Europe/Paris', PATH: '/mine', AWS_REGION: 'x', _HANDLER: 'x', AWS_LAMBDA_RUNTIME_API: 'x' },
    { AWS_LAMBDA_RUNTIME_API: '127.1.0.1:9001' },
  );
  assert.deepEqual(
    [variables['TZ'], variables['PATH'], variables['AWS_REGION'], variables['_HANDLER']],
    ['Europe/Paris', '/mine', 'us-east-1', 'index.handler'],
  );
  assert.equal(variables['AWS_LAMBDA_RUNTIME_API'], '127.1.0.1:9001');
});
