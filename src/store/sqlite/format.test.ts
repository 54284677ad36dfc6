import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { CHANGE_VERSION } from '../change.ts';
import { bringUpToDate, FORMAT_VERSION } from './format.ts';

/** Which meaning of changes each format holds: a line is added with every new format and none is edited. */
const CHANGES_OF_FORMAT = [
  { format: 1, changes: 1 },
  { format: 2, changes: 2 },
  { format: 3, changes: 2 },
  { format: 4, changes: 2 },
  { format: 5, changes: 2 },
  { format: 6, changes: 2 },
];

test('each format says what changes mean in it', () => {
  assert.deepEqual(CHANGES_OF_FORMAT.at(-1), { format: FORMAT_VERSION, changes: CHANGE_VERSION });
});

test('a new file is brought to the present format, and a file of that format is left as it is', () => {
  using database = new DatabaseSync(':memory:');
  bringUpToDate(database, 0);
  assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], FORMAT_VERSION);
  const schema = database.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all();
  bringUpToDate(database, FORMAT_VERSION);
  assert.deepEqual(database.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all(), schema);
});

test('every table is strict', () => {
  using database = new DatabaseSync(':memory:');
  bringUpToDate(database, 0);
  const tables = database.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").all();
  const loose = tables.filter(({ name, strict }) => strict !== 1 && !String(name).startsWith('sqlite_'));
  assert.ok(tables.length > 5);
  assert.deepEqual(loose, []);
});
