import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentMay, keyMay } from './allowed-actions.ts';

test('code in an environment may use messages and invoke functions', () => {
  for (const action of ['sqs:SendMessage', 'sqs:ReceiveMessage', 'lambda:InvokeFunction']) {
    assert.equal(environmentMay(action), true, action);
  }
});

test('code in an environment may not touch the control plane', () => {
  for (const action of [
    ...['sqs:CreateQueue', 'sqs:PurgeQueue', 'sqs:DeleteQueue', 'sqs:ListQueues', 'sqs:SetQueueAttributes'],
    ...['lambda:CreateFunction', 'lambda:GetFunction', 'millrace:status', ''],
  ]) {
    assert.equal(environmentMay(action), false, action);
  }
});

test('a key limited to invoke and send may neither take messages nor see what is there', () => {
  const allowed = ['sqs:SendMessage', 'sqs:SendMessageBatch', 'lambda:InvokeFunction'];
  for (const action of [...allowed, 'lambda:InvokeFunctionUrl']) {
    assert.equal(keyMay('invoke-and-send', action), true, action);
  }
  for (const action of [
    ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:CreateQueue', 'sqs:ListQueues', 'sqs:PurgeQueue'],
    ...['lambda:GetFunction', 'lambda:ListFunctions', 'millrace:status', undefined],
  ]) {
    assert.equal(keyMay('invoke-and-send', action), false, String(action));
    assert.equal(keyMay('all', action), true, String(action));
  }
});
