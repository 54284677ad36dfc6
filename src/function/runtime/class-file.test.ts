import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classFileVersion, javaOf, readClassFile } from './class-file.ts';

/** `public class example/Orders implements a/Handler`, with constants of every width before the names. */
function orders(access = 0x0021): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(1, 0, value.length), Buffer.from(value)]);
  const long = Buffer.concat([Buffer.of(5), Buffer.alloc(8)]);
  const pool = [
    ...[text('example/Orders'), Buffer.of(7, 0, 1), long, text('java/lang/Object'), Buffer.of(7, 0, 5)],
    ...[Buffer.of(15, 1, 0, 1), Buffer.of(18, 0, 0, 0, 1), text('a/Handler'), Buffer.of(7, 0, 9)],
  ];
  const head = Buffer.from('cafebabe00000041000b', 'hex');
  const names = Buffer.of(access >> 8, access & 0xff, 0, 2, 0, 6, 0, 1, 0, 10);
  return Buffer.concat([head, ...pool, names]);
}

test('the head of a class file tells its name, what it is made from, and the Java it needs', () => {
  const read = readClassFile(orders());
  assert.deepEqual(read, {
    name: 'example/Orders',
    superName: 'java/lang/Object',
    interfaces: ['a/Handler'],
    majorVersion: 65,
    isConcrete: true,
  });
  assert.equal(javaOf(65), 21);
  assert.equal(readClassFile(orders(0x0401))?.isConcrete, false);
});

test('what is no class file, or only a part of one, is none', () => {
  const whole = orders();
  for (let length = 0; length < whole.length; length += 1)
    assert.equal(readClassFile(whole.subarray(0, length)), undefined, `${length} bytes`);
  assert.equal(readClassFile(Buffer.from('PK\u0003\u0004 this is a zip file')), undefined);
  assert.equal(classFileVersion(whole.subarray(0, 8)), 65);
});
