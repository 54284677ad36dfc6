import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { LambdaClient } from './fixture/lambda-client.ts';

const ONE = '/2015-03-31/functions/f';

function client(): LambdaClient {
  const lambda = new LambdaClient();
  lambda.functions.add(TARGET);
  return lambda;
}

test('labels and parameters that break the service model are named in the error', async () => {
  const lambda = client();
  const long = 'a'.repeat(129);
  const asked: readonly (readonly [string, string, RegExp])[] = [
    ['GET', `${ONE}/aliases/a%20b`, /'a b' at 'name' failed .* regular expression pattern/],
    ['DELETE', `${ONE}/aliases/${long}`, /at 'name' failed .* length less than or equal to 128/],
    ['GET', `${ONE}/aliases?FunctionVersion=new`, /'new' at 'functionVersion' failed/],
    ['GET', '/2015-03-31/functions?FunctionVersion=1', /at 'functionVersion' .* enum value set: \[ALL\]/],
    ['GET', '/2015-03-31/functions?MasterRegion=home', /'home' at 'masterRegion' failed/],
    ['GET', '/2015-03-31/functions?MaxItems=0', /'0' at 'maxItems' failed/],
    ['GET', '/2015-03-31/event-source-mappings?EventSourceArn=queue', /'queue' at 'eventSourceArn' failed/],
    ['DELETE', `${ONE}/policy/a%20b`, /'a b' at 'statementId' failed/],
    ['GET', '/2018-10-31/layers?CompatibleRuntime=cobol1', /'cobol1' at 'compatibleRuntime' failed/],
    [
      'GET',
      '/2018-10-31/layers?CompatibleArchitecture=z80',
      /at 'compatibleArchitecture' .* \[x86_64, arm64\]/,
    ],
    ['GET', '/2018-10-31/layers?find=LayerVersion&Arn=a', /'a' at 'arn' failed/],
    ['GET', '/2018-10-31/layers/a%20b/versions', /'a b' at 'layerName' failed/],
    ['GET', '/2017-03-31/tags/f', /'f' at 'resource' failed/],
  ];
  for (const [method, path, message] of asked) {
    const { status, headers, json } = await lambda.ask(method, path);
    assert.deepEqual([status, headers['x-amzn-errortype']], [400, 'ValidationException'], path);
    assert.match(String(json.message), message);
  }
});

test('functions are listed without their states, as on AWS; none is replicated from another region', async () => {
  const lambda = client();
  const [listed] = (await lambda.ask('GET', '/2015-03-31/functions')).json.Functions;
  const whole = (await lambda.ask('GET', `${ONE}/configuration`)).json;
  const { State, LastUpdateStatus, RuntimeVersionConfig, ...rest } = whole;
  assert.ok(State !== undefined && LastUpdateStatus !== undefined && RuntimeVersionConfig !== undefined);
  assert.deepEqual(listed, rest);
  const replicated = await lambda.ask(
    'GET',
    '/2015-03-31/functions?MasterRegion=us-east-1&FunctionVersion=ALL',
  );
  assert.deepEqual(replicated.json, { Functions: [] });
});

test('what AWS knows and this server does not do is refused, never dropped', async () => {
  const lambda = client();
  const put = async (path: string, body: object, headers = {}): Promise<string> => {
    const told = await lambda.ask(path.endsWith('invocations') ? 'POST' : 'PUT', path, { body, headers });
    assert.equal(told.status, 400, told.text);
    return String(told.json.message);
  };
  const settings = `${ONE}/configuration`;
  for (const [name, value] of Object.entries({
    VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    FileSystemConfigs: [{ Arn: 'a', LocalMountPath: '/mnt/a' }],
    ImageConfig: { Command: ['a'] },
    KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/a',
    DurableConfig: { ExecutionTimeout: 1 },
    RuntimeConfig: { RuntimeArn: 'a' },
    AcceleratorConfig: { AcceleratorMemorySize: 1 },
  })) {
    assert.equal(await put(settings, { [name]: value }), `${name} is not supported by this server.`);
  }
  assert.match(await put(settings, { SnapStart: { ApplyOn: 'PublishedVersions' } }), /SnapStart/);
  assert.match(await put(settings, { EphemeralStorage: {} }), /Value null at 'ephemeralStorage.size'/);
  assert.match(await put(`${ONE}/code`, { PublishTo: 'LATEST_PUBLISHED', ZipFile: 'eA==' }), /PublishTo/);
  const invocation = `${ONE}/invocations`;
  assert.match(await put(invocation, {}, { 'x-amz-tenant-id': 'a' }), /TenantId is not supported/);
  assert.match(await put(invocation, {}, { 'x-amz-durable-execution-name': 'a' }), /DurableExecutionName/);
});
