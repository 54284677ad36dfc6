import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuntimeReport } from '../admin/runtimes.ts';
import { installedInstead, runtimeNote } from './installed.ts';

const REPORTS: readonly RuntimeReport[] = [
  { runtimes: ['nodejs22.x', 'nodejs24.x'], available: true, sentence: 'Node 26' },
  { runtimes: ['python3.11'], available: true, isExact: true, sentence: 'Python 3.11.7' },
  { runtimes: ['python3.13'], available: true, isExact: false, sentence: 'Python 3.11.7' },
  { runtimes: ['ruby3.4'], available: false, sentence: 'There is no Ruby: apt-get install ruby.' },
];

test('a guess becomes the version that is installed, where there is one by that name', () => {
  const chosen = (runtime: string, reports = REPORTS): string =>
    installedInstead({ runtime, handler: 'any', isAnyVersion: true }, reports);
  assert.equal(chosen('python3.13'), 'python3.11');
  assert.equal(chosen('python3.11'), 'python3.11');
  assert.equal(chosen('nodejs24.x'), 'nodejs24.x');
  assert.equal(chosen('ruby3.4'), 'ruby3.4');
  assert.equal(chosen('python3.13', []), 'python3.13');
  assert.equal(installedInstead({ runtime: 'python3.13', handler: 'any' }, REPORTS), 'python3.13');
});

test('whoever deploys learns that another version runs the function, or that nothing does', () => {
  assert.equal(runtimeNote('python3.13', REPORTS), 'python3.13 runs here on Python 3.11.7.');
  assert.equal(runtimeNote('python3.11', REPORTS), undefined);
  assert.equal(runtimeNote('nodejs24.x', REPORTS), undefined);
  assert.match(runtimeNote('ruby3.4', REPORTS) ?? '', /^It cannot run yet\. .*apt-get install ruby/);
});
