import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogTail } from './log-tail.ts';

function textOf(tail: LogTail): string {
  return Buffer.from(tail.bytes()).toString('utf8');
}

test('the tail is the last 4 KiB of all lines, whatever their lengths', () => {
  for (const line of ['x', 'a line of some length', 'ä€😀'.repeat(7), 'y'.repeat(5000), '']) {
    const tail = new LogTail();
    let all = '';
    for (let n = 0; n < 5000; n += 1) {
      tail.add(`${n}${line}`);
      all += `${n}${line}\n`;
    }
    assert.equal(textOf(tail), Buffer.from(all).subarray(-4096).toString('utf8'));
  }
});

test('what was taken is not in the next tail', () => {
  const tail = new LogTail();
  tail.add('before');
  tail.clear();
  assert.equal(textOf(tail), '');
  tail.add('after');
  assert.equal(textOf(tail), 'after\n');
});
