import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { CLIENT_LIBRARY, unpackLibrary } from './java-library.ts';

const NAMES = ['linux-x86_64', 'linux-aarch_64', 'linux_musl-x86_64', 'linux_musl-aarch_64'];

test('of the libraries in the jar, the one for this processor and C library is unpacked', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'java-library-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const jar = zipSync(
    Object.fromEntries(NAMES.map((name) => [`jni/libaws-lambda-jni.${name}.so`, strToU8(name)])),
  );
  const unpacked = async (arch: string, libc: 'glibc' | 'musl'): Promise<string> => {
    await unpackLibrary(jar, folder, { arch, libc });
    return readFileSync(join(folder, CLIENT_LIBRARY), 'utf8');
  };
  assert.equal(await unpacked('x64', 'glibc'), 'linux-x86_64');
  assert.equal(await unpacked('arm64', 'glibc'), 'linux-aarch_64');
  assert.equal(await unpacked('x64', 'musl'), 'linux_musl-x86_64');
  assert.equal(await unpacked('arm64', 'musl'), 'linux_musl-aarch_64');
  await assert.rejects(unpacked('riscv64', 'glibc'), /no library for riscv64 with glibc/);
});
