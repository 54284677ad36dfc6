import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SQSServiceException } from '@aws-sdk/client-sqs';
import { lineOn } from './line-on-error.ts';
import { PlatformUnavailable } from './platform/platform.ts';

it('what is wrong around the program is one line, what is wrong in it is shown whole', () => {
  assert.equal(lineOn(new PlatformUnavailable('Its port is taken.')), 'Its port is taken.');
  const answered = (fault: 'server' | 'client'): Error =>
    new SQSServiceException({
      ...{ name: 'Answer', message: 'There is too little free disk space.' },
      ...{ $fault: fault, $metadata: {} },
    });
  assert.equal(lineOn(answered('server')), 'The platform cannot go on: There is too little free disk space.');
  for (const wrong of [answered('client'), new TypeError('x is not a function'), 'a text'])
    assert.equal(lineOn(wrong), undefined);
});
