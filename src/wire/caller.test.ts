import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerReader, type Caller } from './caller.ts';

const reader = new CallerReader({ account: '000000000000', region: 'us-east-1' });

function signedAs(credential: string): string {
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=abc`;
}

function read(authorization?: string): Caller {
  return reader.read({ headers: { ...(authorization !== undefined && { authorization }) }, query: '' });
}

test('region and access key come from the credential scope, the account from the configuration', () => {
  assert.deepEqual(read(signedAs('AKID/20260101/eu-west-1/sqs/aws4_request')), {
    account: '000000000000',
    region: 'eu-west-1',
    accessKeyId: 'AKID',
  });
});

test('an access key id of twelve digits is the account', () => {
  const { account } = read(signedAs('123456789012/20260101/eu-west-1/sqs/aws4_request'));
  assert.equal(account, '123456789012');
});

test('what is no credential means the configured account and region', () => {
  const configured = { account: '000000000000', region: 'us-east-1', accessKeyId: '' };
  for (const text of [
    undefined,
    '',
    'Basic abc',
    signedAs('a/b/c'),
    signedAs(''),
    signedAs('//// /aws4_request'),
  ]) {
    assert.deepEqual(read(text), configured, String(text));
  }
});

test('a region that cannot be one is replaced', () => {
  const { region } = read(signedAs('AKID/20260101/US EAST/sqs/aws4_request'));
  assert.equal(region, 'us-east-1');
});

test('a presigned address names its caller in the query', () => {
  const query = 'Action=ListQueues&X-Amz-Credential=123456789012%2F20260101%2Feu-west-1%2Fsqs%2Faws4_request';
  assert.deepEqual(reader.read({ headers: {}, query }), {
    account: '123456789012',
    region: 'eu-west-1',
    accessKeyId: '123456789012',
  });
  assert.equal(reader.read({ headers: {}, query: 'X-Amz-Credential=%&a' }).region, 'us-east-1');
});
