import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestId } from '../base/ids.ts';
import { unservedAnswer } from './unserved.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

function told(service: string, headers: Readonly<Record<string, string>> = {}): string {
  const authorization = `AWS4-HMAC-SHA256 Credential=a/20261126/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = unservedAnswer({
    ...{ requestId: 'r' as RequestId, method: 'POST', path: '/', query: '' },
    headers: { authorization, ...headers },
  });
  return answer === undefined ? '' : [answer.status, ...answer.headers, answer.body].join(' ');
}

test('a service that is not here is named in the form that its clients read', () => {
  const message = (service: string): string =>
    `This server has no service ${service}: it speaks SQS, Lambda and STS.`;
  const error = (service: string): string =>
    `<Code>UnknownOperationException</Code><Message>${message(service)}</Message>`;
  const json11 = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Logs_20140328.CreateLogGroup',
  };
  assert.equal(
    told('logs', json11),
    `400 Content-Type application/x-amz-json-1.1 {"__type":"UnknownOperationException","message":"${message('logs')}"}`,
  );
  const xml = '400 Content-Type text/xml <?xml version="1.0"?>';
  const sender = `<Error><Type>Sender</Type>${error('iam')}</Error>`;
  assert.equal(told('iam', FORM), `${xml}<ErrorResponse>${sender}<RequestId>r</RequestId></ErrorResponse>`);
  assert.equal(told('cloudfront'), told('iam', FORM).replaceAll('iam', 'cloudfront'));
  const errors = `<Errors><Error>${error('ec2')}</Error></Errors>`;
  assert.equal(told('ec2', FORM), `${xml}<Response>${errors}<RequestID>r</RequestID></Response>`);
  assert.equal(told('s3'), `${xml}<Error>${error('s3')}<RequestId>r</RequestId></Error>`);
  assert.equal(
    told('scheduler', { 'content-type': 'application/json' }),
    `400 Content-Type application/json x-amzn-ErrorType UnknownOperationException {"message":"${message('scheduler')}"}`,
  );
});

test('the services that are here are left to their doors, and so is what names none', () => {
  for (const service of ['sqs', 'lambda', 'sts']) assert.equal(told(service, FORM), '');
  assert.equal(told('logs', { authorization: 'Basic x' }), '');
});

test('what a service is called does not leave its place in the answer', () => {
  assert.ok(told('<b>', FORM).includes('no service &lt;b&gt;:'));
});
