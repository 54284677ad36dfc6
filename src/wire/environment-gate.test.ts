import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvironmentKeys } from '../access/environment-keys.ts';
import type { EnvironmentId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { EnvironmentGate } from './environment-gate.ts';
import { LAMBDA_ROUTES } from './lambda/routes.ts';
import { SQS_ACTION_NAMES } from './sqs/actions.ts';

const clock = new ManualClock();
const gate = new EnvironmentGate({
  keys: new EnvironmentKeys({ clock, random: new SeededRandom(1) }),
  clock,
});
const caller = {
  ...{ account: '000000000000', region: 'us-east-1', accessKeyId: 'ASIA' },
  environmentId: 'e1' as EnvironmentId,
};

function allowedOf(service: string, actions: readonly string[]): string[] {
  return actions.filter((action) => gate.forbids(caller, `${service}:${action}`) === undefined).sort();
}

test('of all actions that there are, code in an environment may do those on messages, and invoke', () => {
  assert.ok(SQS_ACTION_NAMES.length === 23 && LAMBDA_ROUTES.length > 30);
  assert.deepEqual(allowedOf('sqs', SQS_ACTION_NAMES), [
    ...['ChangeMessageVisibility', 'ChangeMessageVisibilityBatch', 'DeleteMessage', 'DeleteMessageBatch'],
    ...['GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage', 'SendMessage', 'SendMessageBatch'],
  ]);
  const operations = [...new Set(LAMBDA_ROUTES.map(({ operation }) => operation))];
  assert.deepEqual(allowedOf('lambda', operations), ['InvokeFunction']);
  assert.deepEqual(allowedOf('millrace', ['status', 'logs', 'peek', 'runtimes']), []);
});

test('what it may not is refused with its name, and what is no action too', () => {
  for (const action of ['sqs:CreateQueue', undefined]) {
    const refusal = gate.forbids(caller, action);
    assert.ok(refusal?.kind === 'action-not-allowed');
    assert.equal(refusal.who, 'arn:aws:sts::000000000000:assumed-role/environment/e1');
    assert.equal(refusal.action, action ?? 'this action');
  }
});
