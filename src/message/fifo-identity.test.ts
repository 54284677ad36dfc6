import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deduplicationKey } from './deduplication.ts';
import { FifoIdentity } from './fifo-identity.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const FARTHEST = 2 ** 43 - 1;

test('an id is a UUID that follows from queue, key and place, and differs with each of them', () => {
  const ids = new Set<string>();
  for (const seed of ['one', 'other']) {
    for (const key of ['a', 'b'].map((id) => deduplicationKey(id))) {
      for (const order of [1, 2, 2 ** 32, 2 ** 32 + 1, FARTHEST]) {
        const id = new FifoIdentity(seed).id(key, order);
        assert.match(id, UUID);
        assert.equal(new FifoIdentity(seed).id(key, order), id);
        ids.add(id);
      }
    }
  }
  assert.equal(ids.size, 20);
});

test('a sequence number is the place in twenty digits, whatever was asked before', () => {
  const identity = new FifoIdentity('one');
  for (const order of [FARTHEST, 10, 9, 1, 123_456_789_012])
    assert.equal(identity.sequenceNumber(order), String(order).padStart(20, '0'));
});
