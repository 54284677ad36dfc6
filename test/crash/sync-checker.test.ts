import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unsyncedAnswers, unsyncedSteps } from './sync-checker.ts';
import { parseTrace } from './trace.ts';

const WRITE = '12 pwrite64(20</d/m.db-wal>, "..mark-1..", 4096, 0) = 4096';
const SYNC = '12 fdatasync(20</d/m.db-wal>) = 0';
const ANSWER = '11 writev(25<TCP:[127.0.0.1:1->127.0.0.1:2]>, [{iov_base="answer-1", iov_len=8}], 1) = 8';
const REQUEST = '11 read(25<TCP:[127.0.0.1:1->127.0.0.1:2]>, "POST / DeleteMessage", 65536) = 20';

function answers(...lines: readonly string[]): string[] {
  const calls = parseTrace(lines.join('\n'));
  return unsyncedAnswers(calls, [{ marker: 'mark-1', answer: 'answer-1' }], 'm.db-wal');
}

function steps(...lines: readonly string[]): string[] {
  return unsyncedSteps(parseTrace(lines.join('\n')), ['DeleteMessage'], 'm.db-wal');
}

test('an answer after the sync of its write is as it must be', () => {
  assert.deepEqual(answers(WRITE, SYNC, ANSWER), []);
  assert.deepEqual(steps(REQUEST, WRITE, SYNC, ANSWER), []);
});

test('an answer without a sync, or before it, is found', () => {
  assert.match(answers(WRITE, ANSWER).join(), /before its write was synced/);
  assert.match(answers(WRITE, ANSWER, SYNC).join(), /before its write was synced/);
  assert.match(answers(SYNC, WRITE, ANSWER).join(), /before its write was synced/);
  assert.match(steps(REQUEST, WRITE, ANSWER, SYNC).join(), /before its write was synced/);
});

test('an answer for something never written is found', () => {
  assert.match(answers(ANSWER).join(), /never written/);
  assert.match(steps(REQUEST, ANSWER).join(), /nothing was written/);
});

test('a sync counts only when it has ended before the answer begins', () => {
  const begun = '12 fdatasync(20</d/m.db-wal> <unfinished ...>';
  const resumed = '12 <... fdatasync resumed>) = 0';
  assert.deepEqual(answers(WRITE, begun, resumed, ANSWER), []);
  assert.match(answers(WRITE, begun, ANSWER, resumed).join(), /before its write was synced/);
});

test('a sync that failed, or of another file, does not count', () => {
  const failed = '12 fdatasync(20</d/m.db-wal>) = -1 EIO (Input/output error)';
  assert.match(answers(WRITE, failed, ANSWER).join(), /before its write was synced/);
  const other = '12 fdatasync(21</d/m.db>) = 0';
  assert.match(answers(WRITE, other, ANSWER).join(), /before its write was synced/);
});
