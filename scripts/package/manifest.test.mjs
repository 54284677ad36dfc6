import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importedPackages, manifestFor } from './manifest.mjs';

test('packages are told from files and from what Node brings', () => {
  const source = `import a from 'commander'; import { b } from "@aws-sdk/client-sqs/dist"; import './c.js';
    import d from 'node:fs'; const e = await import('yauzl'); export * from 'fflate/node'; require('path');`;
  assert.deepEqual(importedPackages(source), ['commander', '@aws-sdk/client-sqs', 'yauzl', 'fflate']);
});

test('a package that is used and not depended on is refused', () => {
  const project = { name: 'millrace', version: '1.0.0', dependencies: { yauzl: '3.4.0' } };
  assert.deepEqual(manifestFor(project, ['yauzl'], []).dependencies, { yauzl: '3.4.0' });
  assert.throws(() => manifestFor(project, ['left-pad'], []), /left-pad/);
});
