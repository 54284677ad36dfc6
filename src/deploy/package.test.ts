import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fromBuffer, type Entry } from 'yauzl';
import { missingNpmPackages } from './dependencies.ts';
import { readFolder } from './folder.ts';
import { guessRuntime } from './guess.ts';
import { zipFiles } from './zip.ts';

function folder(context: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-deploy-'));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function entries(zip: Uint8Array): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(zip), { lazyEntries: false }, (error, file) => {
      if (error) return reject(error);
      const found: Entry[] = [];
      file.on('entry', (entry: Entry) => found.push(entry));
      file.on('end', () => resolve(found));
    });
  });
}

test('a package holds the files of the folder, links followed, version control and secrets left out', async (context) => {
  const root = folder(context, {
    'index.mjs': 'export {}',
    'lib/a.js': '1',
    '.git/HEAD': 'x',
    '.env': 'SECRET=1',
  });
  symlinkSync(join(root, 'lib', 'a.js'), join(root, 'b.js'));
  const names = (await entries(zipFiles(readFolder(root)))).map((entry) => entry.fileName);
  assert.deepEqual(names.sort(), ['b.js', 'index.mjs', 'lib/a.js']);
});

test('an executable bootstrap stays executable, other files do not become so', async (context) => {
  const root = folder(context, { bootstrap: '#!/bin/sh\n', 'data.txt': 'x' });
  chmodSync(join(root, 'bootstrap'), 0o755);
  const modes = (await entries(zipFiles(readFolder(root)))).map((entry) => [
    entry.fileName,
    (entry.externalFileAttributes >>> 16) & 0o777,
  ]);
  assert.deepEqual(Object.fromEntries(modes), { bootstrap: 0o755, 'data.txt': 0o644 });
});

test('the same files give the same bytes', (context) => {
  const root = folder(context, { 'index.mjs': 'export const handler = () => 1;' });
  assert.deepEqual(zipFiles(readFolder(root)), zipFiles(readFolder(root)));
});

test('runtime and handler follow from the files', (context) => {
  const guess = (files: Record<string, string>): unknown => {
    const result = guessRuntime(folder(context, files));
    return result.ok ? [result.value.runtime, result.value.handler] : result.failure.kind;
  };
  assert.deepEqual(guess({ 'index.ts': '' }), ['nodejs24.x', 'index.handler']);
  assert.deepEqual(guess({ 'lambda_function.py': '' }), ['python3.13', 'lambda_function.lambda_handler']);
  assert.deepEqual(guess({ 'app.rb': '' }), ['ruby3.4', 'app.handler']);
  assert.deepEqual(guess({ bootstrap: '', 'index.js': '' }), ['provided.al2023', 'bootstrap']);
  assert.equal(guess({ 'readme.txt': '' }), 'no-guess');
});

test('only packages that are named and absent are missing', (context) => {
  const root = folder(context, {
    'package.json':
      '{"dependencies": {"here": "1.0.0", "@scope/gone": "1.0.0"}, "devDependencies": {"dev": "1"}}',
    'node_modules/here/package.json': '{}',
  });
  assert.deepEqual(missingNpmPackages(root), ['@scope/gone']);
});
