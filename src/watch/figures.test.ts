import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentId, MessageId, RequestId } from '../base/ids.ts';
import { FigureCounter } from './figures.ts';

test('messages are counted one by one, invocations by their outcome', () => {
  const counter = new FigureCounter();
  const queue = { account: '000000000000', region: 'us-east-1', name: 'clicks' };
  counter.read({ kind: 'sent', queue, ids: ['a' as MessageId, 'b' as MessageId] });
  counter.read({ kind: 'settled', queue, count: 2 });
  for (const outcome of ['answered', 'timed-out', 'answered']) {
    counter.read({ kind: 'invoked', function: 'f', requestId: 'r' as RequestId, outcome, durationMs: 1 });
  }
  counter.read({
    kind: 'environment-started',
    environmentId: 'e' as EnvironmentId,
    function: 'f',
    startMs: 9,
  });
  const paced = { kind: 'paced', mapping: 'm', function: 'f', why: 'throttled', isFirst: true } as const;
  counter.read({ ...paced, limit: 3 });
  counter.read(paced);
  const figures = counter.figures();
  assert.equal(figures.paceCuts, 1);
  assert.equal(figures.messagesSent, 2);
  assert.equal(figures.messagesSettled, 2);
  assert.equal(figures.environmentsStarted, 1);
  assert.deepEqual(figures.invocations, { answered: 2, 'timed-out': 1 });
});
