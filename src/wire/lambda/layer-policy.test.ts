import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../base/random.ts';
import { MemoryCatalog } from '../../function/fixture/memory.ts';
import type { LayerVersion } from '../../function/layer.ts';
import { NamedRecords } from '../../function/named-records.ts';
import { Policies, type FunctionPolicy } from '../../function/policies.ts';
import { Turns } from '../../function/turns.ts';
import { LambdaClient } from './fixture/lambda-client.ts';

const PATH = '/2018-10-31/layers/words/versions/1/policy';
const GRANT = { StatementId: 'a', Action: 'lambda:GetLayerVersion', Principal: '123456789012' };
const ARN = 'arn:aws:lambda:us-east-1:000000000000:layer:words:1';

async function client(): Promise<LambdaClient> {
  const records = await NamedRecords.open<FunctionPolicy>(new MemoryCatalog(), 'layer-policies');
  const none = (): never => {
    throw new Error('this test reads one layer');
  };
  const words: LayerVersion = {
    ...{ key: { account: '000000000000', region: 'us-east-1', name: 'words' }, version: 1 },
    ...{ sha256: '', sizeBytes: 1, unpackedBytes: 1, description: '', licence: '', createdAtMs: 0 },
    ...{ runtimes: [], architectures: [] },
  };
  return new LambdaClient({
    layers: {
      policies: new Policies(records, new Turns(), new SeededRandom(1)),
      get: ({ name }, version) => (name === 'words' && version === 1 ? words : undefined),
      ...{ publish: none, of: none, list: none, delete: none, zip: none },
    },
  });
}

test('who may use a layer version is kept, shown and taken back', async () => {
  const lambda = await client();
  const added = await lambda.ask('POST', PATH, { body: GRANT });
  const shown = {
    ...{ Sid: 'a', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
    ...{ Action: 'lambda:GetLayerVersion', Resource: ARN },
  };
  assert.equal(added.status, 201);
  assert.deepEqual(JSON.parse(added.json.Statement), shown);
  const organization = { ...GRANT, StatementId: 'b', Principal: '*', OrganizationId: 'o-a1b2c3d4e5' };
  await lambda.ask('POST', PATH, { body: organization });
  const { json } = await lambda.ask('GET', PATH);
  const [first, second] = JSON.parse(json.Policy).Statement;
  assert.deepEqual(first, shown);
  assert.deepEqual(
    [second.Principal, second.Condition],
    ['*', { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }],
  );
  for (const id of ['a', 'b']) assert.equal((await lambda.ask('DELETE', `${PATH}/${id}`)).status, 204);
  const none = await lambda.ask('GET', PATH);
  assert.equal(none.json.Message, 'No policy is associated with the given resource.');
});

test('a policy of a layer is changed on its latest revision alone, when one is named', async () => {
  const lambda = await client();
  const { RevisionId } = (await lambda.ask('POST', PATH, { body: GRANT })).json;
  const body = { ...GRANT, StatementId: 'b' };
  const stale = await lambda.ask('POST', `${PATH}?RevisionId=older`, { body });
  assert.equal(stale.headers['x-amzn-errortype'], 'PreconditionFailedException');
  assert.match(stale.json.message, /Call the GetLayerPolicy API/);
  assert.equal((await lambda.ask('POST', `${PATH}?RevisionId=${RevisionId}`, { body })).status, 201);
  assert.equal((await lambda.ask('DELETE', `${PATH}/a?RevisionId=${RevisionId}`)).status, 412);
  const twice = await lambda.ask('POST', PATH, { body });
  assert.equal(twice.headers['x-amzn-errortype'], 'ResourceConflictException');
});

test('permissions that AWS would not take, and those of a version that is not there, are refused', async () => {
  const lambda = await client();
  const bad = [
    { StatementId: 'a b' },
    { StatementId: undefined },
    { Action: 'lambda:*' },
    { Principal: 's3.amazonaws.com' },
    { OrganizationId: 'us' },
  ];
  for (const change of bad) {
    const { status, headers } = await lambda.ask('POST', PATH, { body: { ...GRANT, ...change } });
    assert.deepEqual([status, headers['x-amzn-errortype']], [400, 'ValidationException']);
  }
  const elsewhere = PATH.replace('/1/', '/2/');
  for (const [method, path] of [
    ['POST', elsewhere],
    ['GET', elsewhere],
    ['DELETE', `${elsewhere}/a`],
  ] as const) {
    const { status, json } = await lambda.ask(method, path, method === 'POST' ? { body: GRANT } : {});
    assert.equal(status, 404);
    assert.equal(json.Message, `Layer version ${ARN.replace(/1$/, '2')} does not exist.`);
  }
});
