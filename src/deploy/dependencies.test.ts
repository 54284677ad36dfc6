import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { bringDependencies, missingPythonPackages } from './dependencies.ts';

function folder(context: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-dependencies-'));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('a package.json that is not JSON is named, and nothing is run', async (context) => {
  const told: string[] = [];
  const root = folder(context, { 'package.json': '{' });
  const brought = await bringDependencies(root, (line) => told.push(line));
  assert.equal(
    !brought.ok && brought.failure.what,
    `${join(root, 'package.json')} is not a JSON object: mend it first.`,
  );
  assert.deepEqual(told, []);
});

test('what npm cannot bring is told in npm’s own words', async (context) => {
  const files = { 'package.json': '{"dependencies": {"gone": "no version!"}}' };
  const root = folder(context, files);
  const brought = await bringDependencies(root, () => undefined);
  assert.equal(brought.ok, false);
  assert.match(brought.ok ? '' : brought.failure.what, /^npm install failed in .*:\nnpm error/);
});

test('a Python package is there by its module, its file, or what pip leaves of it', (context) => {
  const missing = (requirements: string, files: Record<string, string> = {}): boolean =>
    missingPythonPackages(folder(context, { 'requirements.txt': requirements, ...files }));
  assert.equal(missing('# none\n\n'), false);
  assert.equal(missing('requests==2.0\n'), true);
  assert.equal(missing('requests==2.0\n', { 'requests/__init__.py': '' }), false);
  assert.equal(missing('six', { 'six.py': '' }), false);
  assert.equal(missing('PyYAML>=6', { 'PyYAML-6.0.2.dist-info/METADATA': '' }), false);
  assert.equal(missing('PyYAML>=6', { 'yaml/__init__.py': '' }), true);
});
