import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scan } from './scanner.ts';

/** The text with its blanks drawn together. */
const tight = (text: string): string => text.replaceAll(/ +/g, ' ').trim();

test('comments are blank in both texts, strings in one', () => {
  const { code, withStrings } = scan("const a = 'Date.now'; // setTimeout\n/* process.env */ f();");
  assert.equal(tight(code), "const a = ' '; \n f();");
  assert.equal(tight(withStrings), "const a = 'Date.now'; \n f();");
});

test('code inside a template stays code, also with braces and templates inside', () => {
  const { code } = scan('`await ${run({ a: `b ${await c}` })} async` + d');
  assert.equal(tight(code), '` ${run({ a: ` ${await c}` })} ` + d');
});

test('a quote or a comment mark inside a string, or a regular expression, begins nothing', () => {
  assert.equal(tight(scan(String.raw`a('it\'s // not'); b();`).code), "a(' '); b();");
  assert.equal(tight(scan(String.raw`x = /['"/]\/*/.test(y); b();`).code), 'x = / /.test(y); b();');
  assert.equal(tight(scan('x = a / b; c("d") / 2;').code), 'x = a / b; c(" ") / 2;');
});

test('positions and lines stay', () => {
  const source = '/* a\n b */ const text = `c\nd`;\n// e';
  const { code, withStrings } = scan(source);
  for (const text of [code, withStrings]) {
    assert.equal(text.length, source.length);
    assert.equal(text.indexOf('const'), source.indexOf('const'));
    assert.equal(text.split('\n').length, 4);
  }
});
