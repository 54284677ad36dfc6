import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIBRARY_PROPERTY } from './java-library.ts';
import { jvmOptions } from './jvm-options.ts';

function heapMb(memorySizeMb: number): number {
  const word = jvmOptions(17, memorySizeMb, []).find((option) => option.startsWith('-Xmx')) ?? '';
  return Number(/\d+/.exec(word)?.[0]);
}

test('the heap leaves at least 56 MB and 15 % of the memory to the rest of the JVM', () => {
  for (const memoryMb of [128, 256, 512, 1024, 10_240]) {
    assert.ok(memoryMb - heapMb(memoryMb) >= 56 + memoryMb * 0.15, `${memoryMb} MB`);
    assert.ok(heapMb(memoryMb) >= memoryMb * 0.4, `${memoryMb} MB`);
  }
});

test('what the owner decides is left to them, and nothing else', () => {
  const without = (text: string): string[] => {
    const left = jvmOptions(17, 512, [undefined, text]);
    return jvmOptions(17, 512, []).filter((option) => !left.includes(option));
  };
  assert.deepEqual(without('-Dany=thing -ea'), []);
  assert.deepEqual(without('-Xmx64m'), ['-Xms94m', '-Xmx379m']);
  assert.deepEqual(without('-XX:MaxRAMPercentage=60'), ['-Xms94m', '-Xmx379m']);
  assert.deepEqual(without('  -XX:+UseG1GC'), ['-XX:+UseSerialGC']);
  assert.deepEqual(without('-XX:+TieredCompilation'), ['-XX:TieredStopAtLevel=1']);
  assert.deepEqual(without('-XX:TieredStopAtLevel=4'), ['-XX:TieredStopAtLevel=1']);
  assert.deepEqual(without('-Djava.io.tmpdir=/tmp/own'), ['-Djava.io.tmpdir=/tmp']);
  const library = `-D${LIBRARY_PROPERTY}=`;
  assert.deepEqual(without(`${library}/opt/own.so`), [`${library}/var/runtime/lib/libaws-lambda-jni.so`]);
});

test('a Java that warns of native libraries is told that they are meant', () => {
  assert.ok(!jvmOptions(17, 512, []).some((option) => option.includes('native-access')));
  assert.ok(jvmOptions(25, 512, []).includes('--enable-native-access=ALL-UNNAMED'));
});
