import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../base/manual-clock.ts';
import { SeededRandom } from '../../base/random.ts';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { CodeSigningConfigs } from '../../function/code-signing.ts';
import { MemoryCatalog } from '../../function/fixture/memory.ts';
import { Turns } from '../../function/turns.ts';
import { LambdaClient } from './fixture/lambda-client.ts';

const CONFIGS = '/2020-04-22/code-signing-configs';
const OF_FUNCTION = '/2020-06-30/functions/f/code-signing-config';
const PUBLISHER = 'arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abc';
const ALLOWED = { AllowedPublishers: { SigningProfileVersionArns: [PUBLISHER] } };
const NOBODY = 'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000';

async function client(): Promise<LambdaClient> {
  const clock = new ManualClock();
  const random = new SeededRandom(1);
  const codeSigning = await CodeSigningConfigs.open({
    ...{ catalog: new MemoryCatalog(), turns: new Turns(), clock, random },
  });
  const lambda = new LambdaClient({ codeSigning });
  lambda.functions.add(TARGET);
  return lambda;
}

async function made(lambda: LambdaClient): Promise<string> {
  const { json } = await lambda.ask('POST', CONFIGS, { body: ALLOWED });
  return String(json.CodeSigningConfig.CodeSigningConfigArn);
}

test('a code signing configuration warns when nothing is said; that it enforces is refused', async () => {
  const lambda = await client();
  const { status, json } = await lambda.ask('POST', CONFIGS, { body: { ...ALLOWED, Description: 'd' } });
  assert.equal(status, 201);
  const { CodeSigningConfigId: id, LastModified, ...shown } = json.CodeSigningConfig;
  assert.match(String(LastModified), /\+0000$/);
  assert.deepEqual(shown, {
    CodeSigningConfigArn: `arn:aws:lambda:us-east-1:000000000000:code-signing-config:${id}`,
    Description: 'd',
    ...ALLOWED,
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
  });
  for (const policy of ['Enforce', 'Maybe']) {
    const CodeSigningPolicies = { UntrustedArtifactOnDeployment: policy };
    assert.equal(
      (await lambda.ask('POST', CONFIGS, { body: { ...ALLOWED, CodeSigningPolicies } })).status,
      400,
    );
  }
  assert.equal((await lambda.ask('GET', CONFIGS)).json.CodeSigningConfigs.length, 1);
});

test('publishers are 1 to 20 ARNs', async () => {
  const lambda = await client();
  for (const publishers of [undefined, [], ['me'], Array.from({ length: 21 }, () => PUBLISHER)]) {
    const body = { AllowedPublishers: { SigningProfileVersionArns: publishers } };
    const { status, json } = await lambda.ask('POST', CONFIGS, { body });
    assert.equal(status, 400);
    assert.match(String(json.message), /at 'allowedPublishers\.signingProfileVersionArns' failed to satisfy/);
  }
  const none = await lambda.ask('POST', CONFIGS, { body: {} });
  assert.match(String(none.json.message), /Value null at 'allowedPublishers'/);
});

test('a function names a configuration, which cannot be deleted until then', async () => {
  const lambda = await client();
  const CodeSigningConfigArn = await made(lambda);
  const one = `${CONFIGS}/${encodeURIComponent(CodeSigningConfigArn)}`;
  const put = await lambda.ask('PUT', OF_FUNCTION, { body: { CodeSigningConfigArn } });
  assert.deepEqual(put.json, { CodeSigningConfigArn, FunctionName: 'f' });
  assert.deepEqual((await lambda.ask('GET', OF_FUNCTION)).json, put.json);
  const users = await lambda.ask('GET', `${one}/functions`);
  assert.deepEqual(users.json, { FunctionArns: ['arn:aws:lambda:us-east-1:000000000000:function:f'] });
  const used = await lambda.ask('DELETE', one);
  assert.equal(used.headers['x-amzn-errortype'], 'ResourceConflictException');
  assert.equal((await lambda.ask('DELETE', OF_FUNCTION)).status, 204);
  assert.deepEqual((await lambda.ask('GET', OF_FUNCTION)).json, { FunctionName: 'f' });
  assert.equal((await lambda.ask('DELETE', one)).status, 204);
  assert.equal((await lambda.ask('GET', one)).headers['x-amzn-errortype'], 'ResourceNotFoundException');
});

test('a function is created with a configuration that is there, or not at all', async () => {
  const lambda = await client();
  const Role = 'arn:aws:iam::000000000000:role/any';
  const Code = { ZipFile: Buffer.from('zip').toString('base64') };
  const wanted = { FunctionName: 'g', Role, Runtime: 'nodejs22.x', Handler: 'index.handler', Code };
  const create = (CodeSigningConfigArn: string) =>
    lambda.ask('POST', '/2015-03-31/functions', { body: { ...wanted, CodeSigningConfigArn } });
  const none = await create(NOBODY);
  assert.equal(none.status, 404);
  assert.equal(none.headers['x-amzn-errortype'], 'CodeSigningConfigNotFoundException');
  assert.match(String(none.json.Message), /^The code signing configuration cannot be found\./);
  const arn = await made(lambda);
  const foreign = await lambda.ask('POST', CONFIGS, { body: ALLOWED, caller: { account: '999999999999' } });
  assert.equal((await create(foreign.json.CodeSigningConfig.CodeSigningConfigArn)).status, 404);
  assert.equal((await create(arn)).status, 201);
  const read = await lambda.ask('GET', OF_FUNCTION.replace('/f/', '/g/'));
  assert.equal(read.json.CodeSigningConfigArn, arn);
});

test('a configuration is changed and tagged in its own account alone', async () => {
  const lambda = await client();
  const arn = await made(lambda);
  const one = `${CONFIGS}/${encodeURIComponent(arn)}`;
  const tags = `/2017-03-31/tags/${encodeURIComponent(arn)}`;
  const changed = await lambda.ask('PUT', one, { body: { Description: 'new' } });
  assert.deepEqual(
    [changed.json.CodeSigningConfig.Description, changed.json.CodeSigningConfig.AllowedPublishers],
    ['new', ALLOWED.AllowedPublishers],
  );
  assert.equal((await lambda.ask('POST', tags, { body: { Tags: { a: '1' } } })).status, 204);
  assert.deepEqual((await lambda.ask('GET', tags)).json, { Tags: { a: '1' } });
  const caller = { account: '999999999999' };
  for (const path of [one, tags]) assert.equal((await lambda.ask('GET', path, { caller })).status, 404);
  const broken = await lambda.ask('GET', `${CONFIGS}/csc-1`);
  assert.match(String(broken.json.message), /'csc-1' at 'codeSigningConfigArn' failed to satisfy constraint/);
});
