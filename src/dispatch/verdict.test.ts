import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageId } from '../base/ids.ts';
import type { InvokeEnd, InvokeResult } from '../environment/result.ts';
import { judgeInvocation } from './verdict.ts';

const ids = ['one', 'two', 'three'] as MessageId[];
const figures = { durationMs: 1, logTail: Buffer.alloc(0) };

function ended(end: InvokeEnd): InvokeResult {
  return { ...end, ...figures };
}

function answered(text: string): InvokeResult {
  return ended({ kind: 'answered', payload: Buffer.from(text) });
}

function verdictOf(text: string): string {
  const { verdict } = judgeInvocation(answered(text), ids, true);
  return verdict.kind === 'some-failed' ? [...verdict.failed.keys()].join() : verdict.kind;
}

test('whatever is not an answer fails the whole batch, whether or not the mapping reports item failures', () => {
  const payload = Buffer.from('{"batchItemFailures":[]}');
  const named = { errorType: 'Error', errorMessage: 'no' };
  const ends: InvokeEnd[] = [
    { kind: 'function-error', payload, ...named },
    { kind: 'init-error', payload, ...named },
    { kind: 'exited', during: 'invoke', payload, outOfMemory: false },
    { kind: 'timed-out', payload },
    { kind: 'too-large', payload },
    { kind: 'no-room', why: 'full' },
  ];
  for (const end of ends) {
    assert.equal(judgeInvocation(ended(end), ids, false).verdict.kind, 'all-failed', end.kind);
    assert.equal(judgeInvocation(ended(end), ids, true).verdict.kind, 'all-failed', end.kind);
  }
});

test('without reported item failures any answer completes the batch', () => {
  for (const text of ['null', '{"batchItemFailures":[{"itemIdentifier":"one"}]}', 'not JSON', '']) {
    assert.equal(judgeInvocation(answered(text), ids, false).verdict.kind, 'all-done', text);
  }
});

test('an empty answer, an empty list and an answer without the list are complete success', () => {
  const successes = ['', 'null', '{}', '""', '[]', '{"batchItemFailures":[]}', '{"batchItemFailures":null}'];
  for (const text of [...successes, '{"statusCode":200}']) assert.equal(verdictOf(text), 'all-done', text);
});

test('listed messages failed and the others are done', () => {
  assert.equal(
    verdictOf('{"batchItemFailures":[{"itemIdentifier":"two"},{"itemIdentifier":"one"}]}'),
    'two,one',
  );
  assert.equal(verdictOf('{"batchItemFailures":[{"itemIdentifier":"two"},{"itemIdentifier":"two"}]}'), 'two');
});

test('a malformed list or an id that is not of the batch fails the whole batch', () => {
  const malformed = [
    '{"batchItemFailures":',
    '"one"',
    '7',
    'true',
    '[1]',
    '{"batchItemFailures":"one"}',
    '{"batchItemFailures":{}}',
    '{"batchItemFailures":["one"]}',
    '{"batchItemFailures":[null]}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"itemIdentifier":1}]}',
    '{"batchItemFailures":[{"itemidentifier":"one"}]}',
    '{"batchItemFailures":[{"itemIdentifier":"one"},{"itemIdentifier":"four"}]}',
  ];
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  malformed.push(deep, `{"batchItemFailures":${deep}}`);
  for (const text of malformed) assert.equal(verdictOf(text), 'all-failed', text.slice(0, 100));
});

test('a failed message may be wanted again after a delay; one that is none changes nothing but is remarked upon', () => {
  const list = (delay: string): string =>
    `{"batchItemFailures":[{"itemIdentifier":"two"},{"itemIdentifier":"one","delaySeconds":${delay}}]}`;
  const told = (delay: string): readonly unknown[] => {
    const { verdict, remark } = judgeInvocation(answered(list(delay)), ids, true);
    assert.ok(verdict.kind === 'some-failed');
    assert.deepEqual([...verdict.failed.keys()], ['two', 'one']);
    return [verdict.failed.get('one' as MessageId), remark?.split(';')[0]];
  };
  assert.deepEqual(told('0'), [0, undefined]);
  assert.deepEqual(told('1.5'), [1500, undefined]);
  assert.deepEqual(told('43200'), [43_200_000, undefined]);
  assert.deepEqual(told('null'), [undefined, undefined]);
  for (const none of ['-1', '43201', '"5"', 'true', '1e999', '{}']) {
    assert.deepEqual(told(none), [undefined, 'delaySeconds takes a number from 0 to 43200'], none);
  }
});

test('an answer may say that the function is throttled', () => {
  const throttled = (text: string): boolean => judgeInvocation(answered(text), ids, true).throttled;
  assert.equal(throttled('{"throttled":true}'), true);
  assert.equal(throttled('{"throttled":true,"batchItemFailures":[{"itemIdentifier":"one"}]}'), true);
  assert.equal(throttled('{"throttled":true,"batchItemFailures":[{"itemIdentifier":"unknown"}]}'), true);
  for (const text of ['{}', '{"throttled":"yes"}', '{"batchItemFailures":[]}', '[]'])
    assert.equal(throttled(text), false, text);
});
