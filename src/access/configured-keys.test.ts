import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfiguredKeys } from './configured-keys.ts';

const KEY = { secretAccessKey: 'secret', scope: 'all' } as const;

test('only configured keys are found', () => {
  const keys = new ConfiguredKeys(new Map([['AKID', KEY]]));
  assert.deepEqual(keys.find('AKID'), KEY);
  for (const id of ['', 'OTHER', 'constructor', '__proto__']) assert.equal(keys.find(id), undefined, id);
});

test('a key that is not configured any more is not found any more', () => {
  const keys = new ConfiguredKeys(new Map([['AKID', KEY]]));
  keys.replace(new Map([['OTHER', KEY]]));
  assert.equal(keys.find('AKID'), undefined);
  assert.deepEqual(keys.find('OTHER'), KEY);
});
