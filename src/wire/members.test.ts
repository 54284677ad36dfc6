import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Members } from './members.ts';
import { RestError } from './rest-protocol.ts';

function errorOf(run: () => unknown): RestError {
  try {
    run();
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
  return assert.fail('nothing was refused');
}

test('nested structures break their constraints under their own name, in one error with the rest', () => {
  const members = new Members({ Name: 'a b', Inner: { Size: 1 } });
  members.text('Name', { pattern: /^[a-z]+$/ });
  members.structure('Inner')?.whole('Size', { least: 5, most: 9 });
  members.text('Role', { required: true });
  assert.equal(
    errorOf(() => members.end()).message,
    "3 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular " +
      "expression pattern: [a-z]+; Value '1' at 'inner.size' failed to satisfy constraint: Member must have value " +
      "greater than or equal to 5; Value null at 'role' failed to satisfy constraint: Member must not be null",
  );
});

test('a list breaks constraints as a whole, for its length and for its items', () => {
  const members = new Members({ Many: ['x', 'x'], Odd: ['x', 'y'], None: [] });
  members.textList('Many', { most: 1 });
  members.textList('Odd', { item: { least: 1, values: ['x'] } });
  members.textList('None', { least: 1 });
  members.textList('Gone', { required: true });
  members.whole('Count', { required: true, least: 1, most: 2 });
  assert.equal(
    errorOf(() => members.end()).message,
    "5 validation errors detected: Value '[x, x]' at 'many' failed to satisfy constraint: Member must have length less " +
      "than or equal to 1; Value '[x, y]' at 'odd' failed to satisfy constraint: Member must satisfy constraint: " +
      "[Member must satisfy enum value set: [x]]; Value '[]' at 'none' failed to satisfy constraint: Member must have " +
      "length greater than or equal to 1; Value null at 'gone' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'count' failed to satisfy constraint: Member must not be null",
  );
});

test('a long list of bad items, or a deep one, is one short refusal', () => {
  const members = new Members({ Long: Array.from({ length: 100_000 }, (_, at) => `${at}`) });
  members.textList('Long', { item: { pattern: /^x/ } });
  assert.ok(errorOf(() => members.end()).message.length < 1_000_000);
  let deep: unknown = 'x';
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  const { type } = errorOf(() => new Members({ Deep: deep }).textList('Deep'));
  assert.equal(type, 'SerializationException');
  assert.equal(new Members({ Deep: deep }).says('Deep'), true);
});

test('null is as good as absent', () => {
  const members = new Members({ Text: null, Map: null, List: null, Flag: null, Number: null });
  assert.equal(members.text('Text'), undefined);
  assert.equal(members.textMap('Map'), undefined);
  assert.equal(members.textList('List'), undefined);
  assert.equal(members.flag('Flag'), undefined);
  assert.equal(members.whole('Number', { least: 1, most: 2 }), undefined);
  members.end();
});

test('names of JavaScript itself are no members', () => {
  const members = new Members({});
  assert.equal(members.text('toString'), undefined);
  assert.equal(members.structure('constructor'), undefined);
});

test('whatever JSON is sent, a reader answers its type or refuses; nothing else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('A', 'B'), fc.jsonValue()), (source) => {
      const readers: ((members: Members) => unknown)[] = [
        (members) => members.text('A', { most: 3, pattern: /^x/ }),
        (members) => members.whole('A', { least: 1, most: 5 }),
        (members) => members.flag('A'),
        (members) => members.structure('A')?.text('B'),
        (members) => members.textMap('A'),
        (members) => members.textList('A', { item: { values: ['x'] } }),
        (members) => members.says('A'),
      ];
      for (const read of readers) {
        const members = new Members(source);
        try {
          read(members);
          members.end();
        } catch (error) {
          assert.ok(error instanceof RestError, String(error));
          assert.equal(error.status, 400);
        }
      }
    }),
  );
});
