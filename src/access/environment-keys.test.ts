import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import { EnvironmentKeys } from './environment-keys.ts';

const identity = { account: '000000000000', region: 'us-east-1', environmentId: 'e1' as EnvironmentId };

function keys(): EnvironmentKeys {
  return new EnvironmentKeys({ random: new SeededRandom(1), clock: new ManualClock(5) });
}

test('an issued key is found with its secrets and whose it is', () => {
  const all = keys();
  const issued = all.issue(identity);
  assert.match(issued.accessKeyId, /^ASIA[0-9A-F]{16}$/);
  assert.deepEqual(all.find(issued.accessKeyId), { ...issued, ...identity, issuedAtMs: 5 });
});

test('a key dies with its environment, and nobody else’s does', () => {
  const all = keys();
  const issued = all.issue(identity);
  const other = all.issue({ ...identity, environmentId: 'e2' as EnvironmentId });
  all.revoke(identity.environmentId);
  all.revoke(identity.environmentId);
  assert.equal(all.find(issued.accessKeyId), undefined);
  assert.equal(all.find(other.accessKeyId)?.environmentId, 'e2');
});

test('a second key of one environment ends the first', () => {
  const all = keys();
  const first = all.issue(identity);
  const second = all.issue(identity);
  assert.equal(all.find(first.accessKeyId), undefined);
  assert.notEqual(all.find(second.accessKeyId), undefined);
});
