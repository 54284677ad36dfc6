import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentMay } from './allowed-actions.ts';

test('code in an environment may use messages and invoke functions', () => {
  for (const action of ['sqs:SendMessage', 'sqs:ReceiveMessage', 'lambda:InvokeFunction']) {
    assert.equal(environmentMay(action), true, action);
  }
});

test('code in an environment may not touch the control plane', () => {
  for (const action of [
    'sqs:CreateQueue',
    'sqs:PurgeQueue',
    'sqs:DeleteQueue',
    'lambda:CreateFunction',
    '',
  ]) {
    assert.equal(environmentMay(action), false, action);
  }
});
