import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuredKeys } from './configured-keys.ts';

test('only configured keys are found', () => {
  const find = configuredKeys({ AKID: 'secret' });
  assert.deepEqual(find('AKID'), { secretAccessKey: 'secret' });
  for (const id of ['', 'OTHER', 'constructor', '__proto__']) assert.equal(find(id), undefined, id);
});
