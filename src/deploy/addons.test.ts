import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notesOnAddons } from './addons.ts';

const NODE = { execPath: '/usr/local/bin/node', version: '26.10.0', modules: '147' };

function notes(files: Readonly<Record<string, string>>): string[] {
  const listed = Object.entries(files).map(([path, text]) => ({
    ...{ path, bytes: Buffer.from(text), executable: false },
  }));
  return notesOnAddons('/home/me/shop', listed, NODE);
}

const path = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

const other = path.replace('better_sqlite3.node', 'test_extension.node');

test('a package that is compiled for another Node is named, with the command that compiles it for this one', () => {
  assert.deepEqual(notes({ 'index.js': '', [path]: '\0node_register_module_v115\0', [other]: '' }), [
    'better-sqlite3 is compiled for another Node than 26.10.0, which runs functions. Run PATH="/usr/local/bin:$PATH" npm rebuild better-sqlite3 in /home/me/shop, and deploy again.',
  ]);
  assert.match(
    notes({ 'node_modules/a/node_modules/@b/c/x.node': 'node_register_module_v9' })[0] ?? '',
    /^@b\/c is/,
  );
});

test('so is one that is not compiled at all', () => {
  const gyp = 'node_modules/better-sqlite3/binding.gyp';
  assert.match(
    notes({ [gyp]: '' })[0] ?? '',
    /^better-sqlite3 is not compiled: install scripts are not run\. Run /,
  );
});

test('what fits, or works on every Node, is not named', () => {
  const bound = { [path]: '\0node_register_module_v147\0' };
  const others = {
    'node_modules/bcrypt/binding.gyp': '',
    'node_modules/bcrypt/prebuilds/linux-x64/bcrypt.glibc.node': '\0napi_register_module_v1\0',
    'node_modules/plain/index.js': 'node_register_module_v115',
    'own.node': 'node_register_module_v115',
  };
  assert.deepEqual(notes({ ...bound, ...others }), []);
});
