import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../base/random.ts';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { MemoryCatalog } from '../../function/fixture/memory.ts';
import { NamedRecords } from '../../function/named-records.ts';
import { Policies, type FunctionPolicy } from '../../function/policies.ts';
import { Turns } from '../../function/turns.ts';
import { RestError } from '../rest-protocol.ts';
import { LambdaClient } from './fixture/lambda-client.ts';
import { readPolicyDocument } from './policy-document.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const PATH = `/2026-07-09/resource-policy/${encodeURIComponent(ARN)}`;
const PERMISSIONS = '/2015-03-31/functions/f/policy';
const ALLOW = {
  ...{ Sid: 'a', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
  ...{ Action: ['lambda:InvokeFunction'], Resource: ARN },
};

async function client(): Promise<LambdaClient> {
  const records = await NamedRecords.open<FunctionPolicy>(new MemoryCatalog(), 'policies');
  const lambda = new LambdaClient({ policies: new Policies(records, new Turns(), new SeededRandom(1)) });
  lambda.functions.add(TARGET);
  return lambda;
}

function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

test('a whole policy takes the place of permissions, and is what they are added to', async () => {
  const lambda = await client();
  const grant = { StatementId: 'old', Action: 'lambda:*', Principal: '*' };
  await lambda.ask('POST', PERMISSIONS, { body: grant });
  const put = await lambda.ask('PUT', PATH, {
    body: { Policy: policy(ALLOW, { ...ALLOW, Sid: undefined }) },
  });
  assert.equal(put.status, 200);
  const [first, second] = JSON.parse(put.json.Policy).Statement;
  assert.deepEqual([first, second], [ALLOW, (({ Sid: _, ...rest }) => rest)(ALLOW)]);
  await lambda.ask('POST', PERMISSIONS, { body: { ...grant, StatementId: 'new' } });
  const got = await lambda.ask('GET', PATH);
  assert.deepEqual(got.json, (await lambda.ask('GET', PERMISSIONS)).json);
  assert.equal(JSON.parse(got.json.Policy).Statement.length, 3);
  assert.equal((await lambda.ask('DELETE', `${PATH}?RevisionId=${put.json.RevisionId}`)).status, 412);
  assert.equal((await lambda.ask('DELETE', `${PATH}?RevisionId=${got.json.RevisionId}`)).status, 204);
  for (const method of ['GET', 'DELETE']) assert.equal((await lambda.ask(method, PATH)).status, 404);
});

test('a policy that is none, that denies, or that is of something else is refused, and the old one stays', async () => {
  const lambda = await client();
  await lambda.ask('PUT', PATH, { body: { Policy: policy(ALLOW) } });
  const bad: readonly (readonly [string, RegExp])[] = [
    ['{', /^The policy is not valid: .*JSON/],
    ['[]', /The policy is no object/],
    [JSON.stringify({ Statement: [ALLOW] }), /its Version/],
    [policy(), /no statement/],
    [policy(ALLOW, ALLOW), /id a comes twice/],
    [policy({ ...ALLOW, Effect: 'Deny' }), /Effect Deny in a policy is not supported/],
    [policy({ ...ALLOW, NotAction: 'lambda:*' }), /NotAction in a policy is not supported/],
    [policy({ ...ALLOW, Effect: undefined }), /no Effect/],
    [policy({ ...ALLOW, Principal: 'me' }), /A Principal is no object/],
    [policy({ ...ALLOW, Condition: { StringEquals: { a: [{}] } } }), /A Condition has a value that is none/],
    [policy({ ...ALLOW, Action: 's3:GetObject' }), /Action "s3:GetObject" is none/],
    [policy({ ...ALLOW, Resource: `${ARN}g` }), /Resource ".*fg" is none/],
    [policy({ ...ALLOW, Resource: [] }), /Resource null is none/],
  ];
  for (const [Policy, message] of bad) {
    const { status, json } = await lambda.ask('PUT', PATH, { body: { Policy } });
    assert.equal(status, 400, Policy);
    assert.match(String(json.message), message);
  }
  assert.equal(
    (await lambda.ask('PUT', PATH, { body: {} })).headers['x-amzn-errortype'],
    'ValidationException',
  );
  assert.deepEqual(JSON.parse((await lambda.ask('GET', PATH)).json.Policy).Statement, [ALLOW]);
  const latest = `/2026-07-09/resource-policy/${encodeURIComponent(`${ARN}:$LATEST`)}`;
  assert.equal((await lambda.ask('PUT', latest, { body: { Policy: policy(ALLOW) } })).status, 400);
  assert.equal((await lambda.ask('GET', PATH.replace('function%3Af', 'function%3Ag'))).status, 404);
  assert.equal((await lambda.ask('GET', '/2026-07-09/resource-policy/f')).status, 400);
});

test('whatever JSON a policy is, it is read or refused', () => {
  const names = fc.constantFrom('Version', 'Statement', 'Sid', 'Effect', 'Principal', 'Action', 'Resource');
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('2012-10-17', 'Allow', '*', 'lambda:*', ARN));
  const statement = fc.dictionary(names, value);
  fc.assert(
    fc.property(fc.oneof(fc.array(statement), statement, fc.jsonValue()), (Statement) => {
      try {
        readPolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement }), ARN);
      } catch (error) {
        assert.ok(error instanceof RestError);
      }
    }),
  );
});
