import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missingPaths } from './house/documents.ts';
import { floors, outsiders } from './house/floors.ts';
import { broken, cycles, unreached } from './house/imports.ts';
import { lengths, names } from './house/names.ts';
import { readProject, type Rule } from './house/source-file.ts';
import { awsErrorNames, bannedWords, moduleState, pureLaw } from './house/words.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['src', 'ads', 'runtimes', 'console', 'examples', 'test', 'bench', 'scripts'];
const files = readProject(
  root,
  folders.filter((folder) => existsSync(join(root, folder))),
);

const RULES: Readonly<Record<string, Rule>> = {
  'every import goes down the floors': floors,
  'ads, runtimes, console and examples import nothing from src': outsiders,
  'no file imports itself round a cycle': cycles,
  'every import names a file that is there': broken,
  'names say what is inside': names,
  'no file is longer than 400 lines': lengths,
  'time, chance, environment, exit and console come from their one file': bannedWords,
  'the law of a queue waits for nothing': pureLaw,
  'the error names of AWS are spelled at the doors alone': awsErrorNames,
  'nothing at module level changes': moduleState,
};

for (const [law, rule] of Object.entries(RULES)) {
  test(law, () => assertNone(rule(files)));
}

test(
  'every file of src is reached from an entry or a test',
  { skip: !existsSync(join(root, 'src/main.ts')) },
  () => assertNone(unreached(files, ['src/main.ts', 'src/server.ts'])),
);

for (const document of ['ARCHITECTURE.md', 'STYLE.md', 'PROMISES.md', 'GLOSSARY.md', 'README.md']) {
  test(`what ${document} names exists`, { skip: !existsSync(join(root, document)) }, () => {
    const missing = missingPaths(readFileSync(join(root, document), 'utf8'), isThere);
    assertNone(missing.map((path) => `${document} names ${path}, which is not there`));
  });
}

/** Named from the root of the project, or, as the rooms of `src/` are called, from there. */
function isThere(path: string): boolean {
  return existsSync(join(root, path)) || existsSync(join(root, 'src', path));
}

function assertNone(violations: readonly string[]): void {
  assert.equal(violations.length, 0, `\n${violations.join('\n')}`);
}
