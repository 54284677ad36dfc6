import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { stripFolder } from './typescript.ts';

/** What stands in a folder after stripping, by path; files that were there before are left out. */
async function stripped(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'strip-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await stripFolder(folder);
    const written = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = written
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const entries = paths.map(
      async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const,
    );
    const all = Object.fromEntries(await Promise.all(entries));
    return Object.fromEntries(Object.entries(all).filter(([name, text]) => files[name] !== text));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('syntax decides between ES module and CommonJS, whatever package.json says of .js files', async () => {
  const made = await stripped({
    'package.json': '{"type":"commonjs"}',
    'module.ts': 'export const a: number = 1;',
    'waits.ts': 'const a: number = await Promise.resolve(1);',
    'script.ts': 'exports.a = 1 as number;',
    'm.mts': 'export {};',
    'c.cts': 'exports.a = 1;',
  });
  assert.deepEqual(Object.keys(made).toSorted(), ['c.cjs', 'm.mjs', 'module.mjs', 'script.cjs', 'waits.mjs']);
  assert.match(made['module.mjs'] ?? '', /^export const a {9}= 1;$/);
});

test('a script in a package of type module stays a module', async () => {
  const made = await stripped({ 'package.json': '{"type":"module"}', 'a.ts': 'globalThis.a = 1 as number;' });
  assert.deepEqual(Object.keys(made), ['a.mjs']);
});

test('imports of TypeScript files follow, in every spelling; all others stay', async () => {
  const made = await stripped({
    'lib/index.ts': 'export const l = 1;',
    'other.ts': 'export const o = 1;',
    'plain.js': '',
    'main.ts': [
      "import { o } from './other.ts';",
      "import { o as p } from './other.js';",
      'export { o as q } from "./other";',
      "const l = await import('./lib');",
      "import './plain.js';",
      "import fs from 'node:fs';",
      "const text = 'from ./other.ts';",
    ].join('\n'),
  });
  assert.deepEqual((made['main.mjs'] ?? '').split('\n'), [
    "import { o } from './other.mjs';",
    "import { o as p } from './other.mjs';",
    'export { o as q } from "./other.mjs";',
    "const l = await import('./lib/index.mjs');",
    "import './plain.js';",
    "import fs from 'node:fs';",
    "const text = 'from ./other.ts';",
  ]);
});

test('declarations, dependencies and JavaScript of the same name are left alone', async () => {
  const made = await stripped({
    'a.d.ts': 'export {};',
    'node_modules/x/a.ts': 'export const a = 1;',
    'b.ts': 'export const b = 1;',
    'b.mjs': '// mine',
  });
  assert.deepEqual(made, {});
});

test('a file that cannot be stripped throws what is wrong with it when it is loaded', async () => {
  const made = await stripped({ 'src/a.ts': 'export enum A { b }' });
  assert.match(made['src/a.mjs'] ?? '', /^throw new SyntaxError\("src\/a\.ts: .*enum/);
});
