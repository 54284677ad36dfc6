import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../base/random.ts';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { MemoryCatalog } from '../../function/fixture/memory.ts';
import { FunctionUrls, type FunctionUrl } from '../../function/function-urls.ts';
import { NamedRecords } from '../../function/named-records.ts';
import { Turns } from '../../function/turns.ts';
import { LambdaClient, type Told } from './fixture/lambda-client.ts';

const PATH = '/2021-10-31/functions/f/url';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';

/** A client of a function `f`, with the aliases `live` and `next`. */
async function client(): Promise<LambdaClient> {
  const records = await NamedRecords.open<FunctionUrl>(new MemoryCatalog(), 'function-urls');
  const urls = new FunctionUrls({
    ...{ records, turns: new Turns(), random: new SeededRandom(1) },
    isThere: ({ name }, qualifier) => name === 'f' && ['$LATEST', 'live', 'next'].includes(qualifier),
  });
  const lambda = new LambdaClient({ urls });
  lambda.functions.add(TARGET);
  return lambda;
}

async function isRefused(
  answer: Promise<Told>,
  status: number,
  type: string,
  message: RegExp,
): Promise<void> {
  const { status: given, headers, json } = await answer;
  assert.deepEqual([given, headers['x-amzn-errortype']], [status, type], JSON.stringify(json));
  assert.match(String(json['message'] ?? json['Message']), message);
}

test('a URL is made, read, changed and deleted', async () => {
  const lambda = await client();
  const Cors = {
    ...{ AllowCredentials: true, AllowHeaders: ['x-a'], AllowMethods: ['GET', '*'] },
    ...{ AllowOrigins: ['https://a.example'], ExposeHeaders: ['x-b'], MaxAge: 86_400 },
  };
  const made = await lambda.ask('POST', PATH, { body: { AuthType: 'AWS_IAM', Cors } });
  assert.equal(made.status, 201);
  const { FunctionUrl, CreationTime, ...others } = made.json;
  assert.match(String(FunctionUrl), /^http:\/\/[a-z2-7]{32}\.lambda-url\.us-east-1\.localhost:4566\/$/);
  assert.match(String(CreationTime), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(others, { FunctionArn: ARN, AuthType: 'AWS_IAM', Cors, InvokeMode: 'BUFFERED' });
  lambda.clock.advance(1000);
  const body = { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' };
  const { json: changed } = await lambda.ask('PUT', PATH, { body });
  assert.deepEqual(changed.Cors, Cors);
  assert.deepEqual([changed.FunctionUrl, changed.CreationTime], [FunctionUrl, CreationTime]);
  assert.notEqual(changed.LastModifiedTime, CreationTime);
  assert.deepEqual((await lambda.ask('GET', PATH)).json, changed);
  assert.equal((await lambda.ask('DELETE', PATH)).status, 204);
  const gone = /^The resource you requested does not exist\.$/;
  for (const method of ['GET', 'PUT', 'DELETE'])
    await isRefused(lambda.ask(method, PATH), 404, 'ResourceNotFoundException', gone);
});

test('an empty Cors takes the one away that there was', async () => {
  const lambda = await client();
  await lambda.ask('POST', PATH, { body: { AuthType: 'NONE', Cors: { AllowOrigins: ['*'] } } });
  assert.deepEqual((await lambda.ask('GET', PATH)).json.Cors, { AllowOrigins: ['*'] });
  assert.equal((await lambda.ask('PUT', PATH, { body: { Cors: {} } })).json.Cors, undefined);
  assert.equal((await lambda.ask('GET', PATH)).json.Cors, undefined);
});

test('a function and its aliases have a URL each, listed in pages', async () => {
  const lambda = await client();
  const body = { AuthType: 'NONE' };
  for (const query of ['', '?Qualifier=live', '?Qualifier=next'])
    assert.equal((await lambda.ask('POST', PATH + query, { body })).status, 201);
  const named = await lambda.ask('GET', '/2021-10-31/functions/f%3Alive/url');
  assert.equal(named.json.FunctionArn, `${ARN}:live`);
  const first = (await lambda.ask('GET', `${PATH}s?MaxItems=2`)).json;
  const arns = (page: Told['json']): unknown[] =>
    (page.FunctionUrlConfigs as { FunctionArn: string }[]).map(({ FunctionArn }) => FunctionArn);
  assert.deepEqual(arns(first), [ARN, `${ARN}:live`]);
  const second = (await lambda.ask('GET', `${PATH}s?Marker=${first.NextMarker}`)).json;
  assert.deepEqual([arns(second), second.NextMarker], [[`${ARN}:next`], undefined]);
  await isRefused(
    lambda.ask('POST', `${PATH}?Qualifier=live`, { body }),
    ...([409, 'ResourceConflictException'] as const),
    /^Failed to create function url config for \[functionArn = .*:f:live\]\. Error message: {2}FunctionUrlConfig exists for this Lambda function$/,
  );
});

test('what has no URL: a version, $LATEST by name, an alias or function that is not there', async () => {
  const lambda = await client();
  const body = { AuthType: 'NONE' };
  for (const qualifier of ['1', '$LATEST']) {
    const asked = lambda.ask('POST', `${PATH}?Qualifier=${encodeURIComponent(qualifier)}`, { body });
    await isRefused(asked, 400, 'ValidationException', /at 'qualifier' failed to satisfy constraint/);
  }
  for (const path of [`${PATH}?Qualifier=gone`, PATH.replace('/f/', '/gone/')]) {
    const asked = lambda.ask('POST', path, { body });
    await isRefused(asked, 404, 'ResourceNotFoundException', /^Function does not exist$/);
  }
});

test('bad members are refused, and nothing is made', async () => {
  const lambda = await client();
  const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `h${at}`);
  for (const [body, message] of [
    [{}, /Value null at 'authType' failed to satisfy constraint: Member must not be null/],
    [{ AuthType: 'none' }, /at 'authType' .* enum value set: \[NONE, AWS_IAM\]/],
    [{ AuthType: 'NONE', InvokeMode: 'STREAM' }, /at 'invokeMode' .* \[BUFFERED, RESPONSE_STREAM\]/],
    [{ AuthType: 'NONE', Cors: { MaxAge: 86_401 } }, /at 'cors\.maxAge' .* less than or equal to 86400/],
    [{ AuthType: 'NONE', Cors: { MaxAge: -1 } }, /at 'cors\.maxAge' .* greater than or equal to 0/],
    [{ AuthType: 'NONE', Cors: { AllowOrigins: [''] } }, /at 'cors\.allowOrigins' .* length greater than/],
    [{ AuthType: 'NONE', Cors: { AllowOrigins: ['x'.repeat(254)] } }, /length less than or equal to 253/],
    [{ AuthType: 'NONE', Cors: { AllowOrigins: many(101) } }, /length less than or equal to 100/],
    [{ AuthType: 'NONE', Cors: { AllowMethods: ['OPTIONS'] } }, /at 'cors\.allowMethods' .* enum value set/],
    [{ AuthType: 'NONE', Cors: { ExposeHeaders: ['x'.repeat(1025)] } }, /length less than or equal to 1024/],
    [{ AuthType: 'NONE', Cors: { AllowHeaders: 'x-a' } }, /can not be converted to a List/],
    [{ AuthType: 'NONE', Cors: { AllowHeaders: ['x-a\r\nx-b: c'] } }, /^Cors takes names and origins/],
    [{ AuthType: 'NONE', Cors: { AllowOrigins: ['http://é.example'] } }, /^Cors takes names and origins/],
    [{ AuthType: 'NONE', Cors: [] }, /can not be converted to a Map/],
  ] as const) {
    const { status, json } = await lambda.ask('POST', PATH, { body });
    assert.equal(status, 400, JSON.stringify(body).slice(0, 100));
    assert.match(String(json['message']), message);
  }
  assert.equal((await lambda.ask('GET', PATH)).status, 404);
});
