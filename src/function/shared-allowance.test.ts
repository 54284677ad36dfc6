import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedAllowance } from './shared-allowance.ts';

const key = (name: string) => ({ account: '000000000000', region: 'us-east-1', name });
const forever = new AbortController().signal;

test('no more permits than the limit are out at once, counted by function', () => {
  const allowance = new SharedAllowance({ limit: 2 });
  const first = allowance.tryAcquire(key('a'));
  assert.ok(first && allowance.tryAcquire(key('b')));
  assert.equal(allowance.tryAcquire(key('a')), undefined);
  assert.deepEqual([allowance.inUse(key('a')), allowance.inUse(key('b'))], [1, 1]);
  first.release();
  first.release();
  assert.equal(allowance.inUse(key('a')), 0);
  assert.ok(allowance.tryAcquire(key('b')));
  assert.equal(allowance.tryAcquire(key('b')), undefined);
});

test('who waits is served in order, before anyone who comes later', async () => {
  const allowance = new SharedAllowance({ limit: 1 });
  const held = allowance.tryAcquire(key('a'));
  const served: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    const permit = await allowance.acquire(key(name), forever);
    served.push(name);
    permit.release();
  });
  held?.release();
  assert.equal(allowance.tryAcquire(key('late')), undefined);
  await Promise.all(waiting);
  assert.deepEqual(served, ['first', 'second']);
  assert.ok(allowance.tryAcquire(key('late')));
});

test('who stops waiting takes nothing', async () => {
  const allowance = new SharedAllowance({ limit: 1 });
  const held = allowance.tryAcquire(key('a'));
  const stop = new AbortController();
  const waiting = allowance.acquire(key('b'), stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(allowance.acquire(key('b'), stop.signal), /enough/);
  held?.release();
  assert.ok(allowance.tryAcquire(key('c')));
});
