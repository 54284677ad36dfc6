import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { missingToolchain } from '../../test/languages/projects.ts';

const skip = missingToolchain('python3', '--version', 'the package python3');

it('the alerts pass their own tests', { skip }, () => {
  const words = ['-B', '-m', 'unittest', 'test_alerts'];
  const { status, stderr } = spawnSync('python3', words, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(stderr, /Ran [1-9]\d* tests/);
});
