import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopbackAddresses } from './loopback-addresses.ts';

test('every address is a loopback address of its own, away from 127.0', () => {
  const addresses = new LoopbackAddresses();
  const taken = Array.from({ length: 70_000 }, () => addresses.take());
  assert.equal(taken[0], '127.1.0.1');
  assert.equal(new Set(taken).size, taken.length);
  assert.ok(taken.every((address) => /^127\.[1-9]\d*\.\d+\.\d+$/.test(address)));
});
