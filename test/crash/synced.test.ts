import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoStrace } from './strace.ts';
import { restartFromSynced } from './synced-only.ts';

const skip = whyNoStrace() ?? false;

test(
  'started on only what had been synced when an answer left, the program holds what it answered',
  { skip },
  async () => {
    const { tried, violations } = await restartFromSynced(8);
    assert.deepEqual(violations, []);
    assert.ok(tried >= 3);
  },
);

test('a database that syncs at its checkpoints alone is caught by that', { skip }, async () => {
  const { violations } = await restartFromSynced(12, 'synchronous=NORMAL');
  assert.match(violations[0] ?? '', /there should be .*, there is /);
});
