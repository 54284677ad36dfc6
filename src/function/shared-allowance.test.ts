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

test('what is reserved is kept free for its function and bounds it; the others share the rest', async () => {
  const reserved = new Map([['us-east-1/1/own', 1]]);
  const allowance = new SharedAllowance({ limit: 2, reserved });
  const [own, other] = ['own', 'other'].map((name) => ({ account: '1', region: 'us-east-1', name }));
  assert.ok(own && other);
  const held = allowance.tryAcquire(other);
  assert.equal(allowance.tryAcquire(other), undefined);
  assert.ok(allowance.tryAcquire(own));
  assert.equal(allowance.tryAcquire(own), undefined);
  const { signal } = new AbortController();
  const waiting = allowance.acquire(own, signal);
  const next = allowance.acquire(other, signal);
  held?.release();
  (await next).release();
  reserved.set('us-east-1/1/own', 2);
  allowance.changed();
  assert.ok(await waiting);
  assert.equal(allowance.unreserved(), 0);
  assert.equal(allowance.unreserved(own), 2);
});

test('a function with nothing reserved for it is off until that changes', async () => {
  const reserved = new Map([['us-east-1/1/f', 0]]);
  const allowance = new SharedAllowance({ limit: 2, reserved });
  const key = { account: '1', region: 'us-east-1', name: 'f' };
  assert.equal(allowance.tryAcquire(key), undefined);
  const waiting = allowance.acquire(key, new AbortController().signal);
  reserved.clear();
  allowance.changed();
  assert.ok(await waiting);
});
