import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerReader } from './caller.ts';

const reader = new CallerReader({ account: '000000000000', region: 'us-east-1' });

function signedAs(credential: string): string {
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=abc`;
}

test('region and access key come from the credential scope, the account from the configuration', () => {
  assert.deepEqual(reader.read(signedAs('AKID/20260101/eu-west-1/sqs/aws4_request')), {
    account: '000000000000',
    region: 'eu-west-1',
    accessKeyId: 'AKID',
  });
});

test('an access key id of twelve digits is the account', () => {
  const { account } = reader.read(signedAs('123456789012/20260101/eu-west-1/sqs/aws4_request'));
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
    assert.deepEqual(reader.read(text), configured, String(text));
  }
});

test('a region that cannot be one is replaced', () => {
  const { region } = reader.read(signedAs('AKID/20260101/US EAST/sqs/aws4_request'));
  assert.equal(region, 'us-east-1');
});
