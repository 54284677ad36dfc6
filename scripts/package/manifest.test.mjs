import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importedPackages, manifestFor } from './manifest.mjs';

test('packages are told from files and from what Node brings', () => {
  const source = `import a from 'commander';
import {
  b,
} from "@aws-sdk/client-sqs/dist";
import './c.js';
import d from 'node:fs';
export * from 'fflate/node';
const e = await import('yauzl'), f = require('path');
throw new Error("taken from 'left-pad'");`;
  assert.deepEqual(importedPackages(source).sort(), ['@aws-sdk/client-sqs', 'commander', 'fflate', 'yauzl']);
});

test('a package that is used and not depended on is refused', () => {
  const project = { name: 'millrace', version: '1.0.0', dependencies: { yauzl: '3.4.0' } };
  assert.deepEqual(manifestFor(project, ['yauzl'], []).dependencies, { yauzl: '3.4.0' });
  assert.throws(() => manifestFor(project, ['left-pad'], []), /left-pad/);
});
