import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoStrace } from './strace.ts';
import { restartFromSynced } from './synced-only.ts';

const skip = whyNoStrace() ?? false;

test(
  'at each of its answers the program could be started on only what had been synced',
  { skip },
  async () => {
    const { tried, violations } = await restartFromSynced(1);
    assert.deepEqual(violations, []);
    assert.ok(tried > 20);
  },
);

const MUTANTS = [
  ...['synchronous=NORMAL', 'synchronous=OFF', 'a folder that is not synced', 'a package that is not synced'],
  'a data directory whose making is not synced',
];

for (const mutant of MUTANTS) {
  test(`caught: ${mutant}`, { skip }, async () => {
    const { violations } = await restartFromSynced(6, mutant);
    assert.match(violations[0] ?? '', /there should be .*, there is /);
  });
}
