import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../base/random.ts';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { MemoryCatalog } from '../../function/fixture/memory.ts';
import { NamedRecords } from '../../function/named-records.ts';
import { Policies, type FunctionPolicy } from '../../function/policies.ts';
import { Turns } from '../../function/turns.ts';
import { LambdaClient } from './fixture/lambda-client.ts';

const PATH = '/2015-03-31/functions/f/policy';
const GRANT = { StatementId: 'a', Action: 'lambda:InvokeFunction' };

async function client(): Promise<LambdaClient> {
  const records = await NamedRecords.open<FunctionPolicy>(new MemoryCatalog(), 'policies');
  const lambda = new LambdaClient({ policies: new Policies(records, new Turns(), new SeededRandom(1)) });
  lambda.functions.add(TARGET);
  return lambda;
}

test('a principal is everybody, an account, an ARN of IAM or a service', async () => {
  const lambda = await client();
  const wanted: readonly (readonly [string, unknown])[] = [
    ['*', '*'],
    ['123456789012', { AWS: 'arn:aws:iam::123456789012:root' }],
    ['arn:aws:iam::123456789012:role/r', { AWS: 'arn:aws:iam::123456789012:role/r' }],
    ['s3.amazonaws.com', { Service: 's3.amazonaws.com' }],
  ];
  for (const [at, [Principal, shown]] of wanted.entries()) {
    const body = { ...GRANT, StatementId: `s${at}`, Principal };
    const added = await lambda.ask('POST', PATH, { body });
    assert.equal(added.status, 201);
    assert.deepEqual(JSON.parse(String(added.json.Statement)).Principal, shown);
  }
  const { json } = await lambda.ask('GET', PATH);
  assert.equal(JSON.parse(String(json.Policy)).Statement.length, wanted.length);
  const odd = await lambda.ask('POST', PATH, { body: { ...GRANT, StatementId: 'odd', Principal: 'odd' } });
  assert.equal(odd.status, 400);
  assert.match(String(odd.json.message), /^The provided principal was invalid/);
});

test('a policy is changed on its latest revision alone, when one is named', async () => {
  const lambda = await client();
  const add = (StatementId: string, RevisionId?: string) =>
    lambda.ask('POST', PATH, { body: { ...GRANT, StatementId, Principal: '*', RevisionId } });
  assert.equal((await add('a', 'older')).status, 412);
  assert.equal((await add('a')).status, 201);
  const { RevisionId } = (await lambda.ask('GET', PATH)).json;
  assert.equal((await add('b', String(RevisionId))).status, 201);
  assert.equal((await add('c', String(RevisionId))).status, 412);
  const late = await lambda.ask('DELETE', `${PATH}/b?RevisionId=${RevisionId}`);
  assert.equal(late.status, 412);
  assert.match(String(late.json.message), /Call the GetFunction\/GetAlias API/);
  for (const id of ['a', 'b']) assert.equal((await lambda.ask('DELETE', `${PATH}/${id}`)).status, 204);
  assert.equal((await lambda.ask('GET', PATH)).status, 404);
});

test('a policy may be changed on the revision of its function too: AWS has one for both', async () => {
  const lambda = await client();
  const { RevisionId } = (await lambda.ask('GET', PATH.replace('/policy', '/configuration'))).json;
  const body = { ...GRANT, StatementId: 'a', Principal: '*', RevisionId };
  assert.equal((await lambda.ask('POST', PATH, { body })).status, 201);
  assert.equal((await lambda.ask('DELETE', `${PATH}/a?RevisionId=${RevisionId}`)).status, 204);
});

test('a policy has room for 20 KB', async () => {
  const lambda = await client();
  const answers = [];
  for (let at = 0; at < 200; at += 1) {
    const body = { ...GRANT, StatementId: `${'s'.repeat(90)}${at}`, Principal: '*' };
    answers.push(await lambda.ask('POST', PATH, { body }));
  }
  const last = answers.at(-1);
  assert.equal(last?.headers['x-amzn-errortype'], 'PolicyLengthExceededException');
  const { json } = await lambda.ask('GET', PATH);
  assert.ok(String(json.Policy).length > 20_000 && String(json.Policy).length < 20_700);
});

test('permissions that AWS would not take are refused', async () => {
  const lambda = await client();
  const refused = async (body: object, target = PATH): Promise<number> =>
    (await lambda.ask('POST', target, { body: { ...GRANT, Principal: '*', ...body } })).status;
  assert.equal(await refused({ StatementId: 'a b' }), 400);
  assert.equal(await refused({ Action: 'InvokeFunction' }), 400);
  assert.equal(await refused({ SourceAccount: '1' }), 400);
  assert.equal(await refused({ SourceArn: 'bucket' }), 400);
  assert.equal(await refused({}, `${PATH}?Qualifier=$LATEST`), 400);
  assert.equal(await refused({}, PATH.replace('/f/', '/gone/')), 404);
  assert.equal((await lambda.ask('GET', PATH)).status, 404);
});
