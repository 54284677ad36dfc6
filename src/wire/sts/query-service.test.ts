import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentId, RequestId } from '../../base/ids.ts';
import type { Caller } from '../caller.ts';
import { QueryDoor } from '../query-door.ts';
import { stsQueryService } from './query-service.ts';

const CALLER: Caller = { account: '123456789012', region: 'eu-west-1', accessKeyId: '123456789012' };

async function call(form: string, caller = CALLER): Promise<[status: number, xml: string]> {
  const { status, body } = await new QueryDoor([stsQueryService]).handle(
    {
      ...{ requestId: 'r' as RequestId, method: 'POST', path: '/', query: '', headers: {} },
      ...{ body: Buffer.from(form), signal: new AbortController().signal },
    },
    caller,
  );
  return [status, Buffer.from(body).toString()];
}

test('a caller learns its account', async () => {
  assert.deepEqual(await call('Action=GetCallerIdentity&Version=2011-06-15'), [
    200,
    '<?xml version="1.0"?><GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      '<Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>' +
      '</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  ]);
});

test('code in an environment is told apart from its account', async () => {
  const [, xml] = await call('Action=GetCallerIdentity', { ...CALLER, environmentId: 'e1' as EnvironmentId });
  assert.match(xml, /<Arn>arn:aws:sts::123456789012:assumed-role\/environment\/e1<\/Arn>/);
});

test('what STS does not do here is an unknown operation', async () => {
  const [status, xml] = await call('Action=AssumeRole&Version=2011-06-15');
  assert.equal(status, 400);
  assert.match(xml, /<Code>InvalidAction<\/Code><Message>Could not find operation AssumeRole for version/);
});
