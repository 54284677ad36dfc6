import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPattern } from './pattern.ts';

function matches(pattern: unknown, value: unknown): boolean {
  const read = readPattern(JSON.stringify(pattern));
  assert.ok(read.ok, JSON.stringify(read));
  return read.value(value);
}

function check(pattern: unknown, yes: readonly unknown[], no: readonly unknown[]): void {
  for (const value of yes)
    assert.ok(matches(pattern, value), `${JSON.stringify(pattern)} takes ${JSON.stringify(value)}`);
  for (const value of no)
    assert.ok(!matches(pattern, value), `${JSON.stringify(pattern)} refuses ${JSON.stringify(value)}`);
}

test('plain values are equal in type and value; a list of the event needs one of them', () => {
  check(
    { a: ['x', 1, null, true] },
    [{ a: 'x' }, { a: 1 }, { a: null }, { a: true }, { a: ['z', 'x'] }],
    [{ a: '1' }, { a: 'X' }, {}, { a: { x: 1 } }, { a: [] }, 'x', null],
  );
});

test('names stand side by side, all of them, at any depth; of a list of objects one has it all', () => {
  const pattern = { a: { b: ['x'], c: ['y'] }, d: [1] };
  check(
    pattern,
    [
      { a: { b: 'x', c: 'y' }, d: 1, more: 1 },
      { a: [{ b: 'z' }, { b: 'x', c: 'y' }], d: 1 },
    ],
    [
      { a: { b: 'x' }, d: 1 },
      { a: [{ b: 'x' }, { c: 'y' }], d: 1 },
      { a: 'x', d: 1 },
      { a: { b: 'x', c: 'y' } },
    ],
  );
});

test('every condition takes what it says', () => {
  check({ a: [{ prefix: 'ab' }] }, [{ a: 'abc' }], [{ a: 'xab' }, { a: 1 }, {}]);
  check({ a: [{ prefix: { 'equals-ignore-case': 'AB' } }] }, [{ a: 'abc' }], [{ a: 'xab' }]);
  check({ a: [{ suffix: '.png' }] }, [{ a: 'x.png' }], [{ a: 'png' }]);
  check({ a: [{ suffix: { 'equals-ignore-case': '.PNG' } }] }, [{ a: 'x.png' }], [{ a: 'png' }]);
  check({ a: [{ 'equals-ignore-case': 'AbC' }] }, [{ a: 'aBc' }], [{ a: 'ab' }]);
  check({ a: [{ exists: true }] }, [{ a: 0 }, { a: null }, { a: {} }], [{}, { b: 1 }]);
  check({ a: [{ exists: false }] }, [{}, { b: 1 }], [{ a: null }]);
  check({ a: [{ numeric: ['>', 0, '<=', 5] }] }, [{ a: 5 }, { a: 0.1 }], [{ a: 0 }, { a: 6 }, { a: '3' }]);
  check({ a: [{ numeric: ['=', 3.0] }] }, [{ a: 3 }], [{ a: 3.01 }]);
  check(
    { a: [{ cidr: '10.0.0.0/24' }] },
    [{ a: '10.0.0.255' }],
    [{ a: '10.0.1.0' }, { a: 'x' }, { a: '::1' }],
  );
  check({ a: [{ cidr: '2001:db8::/32' }] }, [{ a: '2001:db8::1' }], [{ a: '2001:db9::1' }]);
  check(
    { a: [{ wildcard: 'a*b*c' }] },
    [{ a: 'abc' }, { a: 'axxbxxc' }],
    [{ a: 'ab' }, { a: 'acb' }, { a: 'xabc' }],
  );
  check({ a: [{ wildcard: '*' }] }, [{ a: '' }, { a: 'x' }], [{ a: 1 }]);
  check({ a: [{ wildcard: 'x\\*y' }] }, [{ a: 'x*y' }], [{ a: 'xxy' }]);
  check({ a: [{ wildcard: 'aba*aba' }] }, [{ a: 'abaaba' }], [{ a: 'aba' }]);
});

test('anything-but takes what is there and is none of it', () => {
  check({ a: [{ 'anything-but': 'x' }] }, [{ a: 'y' }, { a: 1 }], [{ a: 'x' }, {}]);
  check({ a: [{ 'anything-but': ['x', 1] }] }, [{ a: 'y' }, { a: '1' }], [{ a: 'x' }, { a: 1 }]);
  check({ a: [{ 'anything-but': { prefix: 'x' } }] }, [{ a: 'yx' }], [{ a: 'xy' }]);
  check({ a: [{ 'anything-but': { suffix: ['x', 'y'] } }] }, [{ a: 'xz' }], [{ a: 'zx' }, { a: 'zy' }]);
  check({ a: [{ 'anything-but': { wildcard: '*/x' } }] }, [{ a: 'a/y' }], [{ a: 'a/x' }]);
  check({ a: [{ 'anything-but': { 'equals-ignore-case': ['X'] } }] }, [{ a: 'y' }], [{ a: 'x' }]);
});

test('$or takes one of its alternatives, beside what stands next to it', () => {
  const pattern = { $or: [{ a: [1] }, { b: { c: [{ exists: true }] } }], d: ['x'] };
  check(
    pattern,
    [
      { a: 1, d: 'x' },
      { b: { c: 0 }, d: 'x' },
    ],
    [{ d: 'x' }, { a: 1 }, { a: 2, b: 1, d: 'x' }],
  );
  check({ $or: ['x'] }, [{ $or: 'x' }], [{}]);
});

test('what is no pattern is refused with the reason', () => {
  const wrong: readonly [text: string, why: RegExp][] = [
    ['', /JSON/],
    ['[]', /a pattern is an object/],
    ['{}', /empty/],
    ['{"a":"x"}', /a pattern is an object/],
    ['{"a":[]}', /list of a is empty/],
    ['{"a":[[1]]}', /neither a value nor one condition/],
    ['{"a":[{}]}', /neither a value nor one condition/],
    ['{"a":[{"prefix":"a","suffix":"b"}]}', /neither a value nor one condition/],
    ['{"a":[{"prefix":1}]}', /prefix takes a text/],
    ['{"a":[{"like":"x"}]}', /no condition like/],
    ['{"a":[{"exists":"yes"}]}', /true or false/],
    ['{"a":[{"numeric":[">"]}]}', /numeric takes/],
    ['{"a":[{"numeric":["~",1]}]}', /numeric compares/],
    ['{"a":[{"numeric":[">",1e10]}]}', /at most 5e9/],
    ['{"a":[{"cidr":"10.0.0.0"}]}', /cidr takes/],
    ['{"a":[{"cidr":"10.0.0.0/33"}]}', /cidr takes/],
    ['{"a":[{"wildcard":"a**b"}]}', /two \* in a row/],
    ['{"a":[{"anything-but":[]}]}', /list is empty/],
    ['{"a":[{"anything-but":{"numeric":[">",1]}}]}', /no condition numeric/],
    [`${'{"a":'.repeat(300)}[1]${'}'.repeat(300)}`, /nested too deeply/],
  ];
  for (const [text, why] of wrong) {
    const read = readPattern(text);
    assert.ok(!read.ok, text);
    assert.match(read.failure.why, why);
  }
});

test('no text and no value makes reading or matching throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.jsonValue(), (text, value) => {
      const read = readPattern(text);
      if (read.ok) assert.equal(typeof read.value(value), 'boolean');
    }),
    { numRuns: 2000 },
  );
});
