import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { missingToolchain } from '../../test/languages/projects.ts';

const skip = missingToolchain('go', 'version', 'https://go.dev/dl');

it('the statements pass their own tests', { skip }, () => {
  const words = ['test', '-count=1', '-v', './...'];
  const { status, stdout, stderr } = spawnSync('go', words, { cwd: import.meta.dirname, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /--- PASS/);
});
