import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownFunctions } from '../../dispatch/fixture/known-functions.ts';
import { functionView } from './function-view.ts';

test('a version is pending until its package is unpacked for the first time, whenever it was published', () => {
  const functions = new KnownFunctions();
  functions.add({ account: '000000000000', region: 'us-east-1', name: 'f' });
  const latest = functions.get({ account: '000000000000', region: 'us-east-1', name: 'f' });
  assert.ok(latest);
  const changed = { ...latest, modifiedAtMs: latest.createdAtMs + 5, state: { kind: 'pending' } as const };
  const version = functionView({ ...changed, version: '1' });
  assert.deepEqual([version['State'], version['StateReasonCode']], ['Pending', 'Creating']);
  const updated = functionView(changed);
  assert.deepEqual([updated['State'], updated['LastUpdateStatus']], ['Active', 'InProgress']);
});
