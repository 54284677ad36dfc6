import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { wrongEntrypoint } from './entrypoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-entrypoint-'));
after(() => rmSync(folder, { recursive: true }));

/** A 64-bit ELF file for a processor, that asks for a loader. */
function elf(machine: number, loader = ''): Buffer {
  const file = Buffer.alloc(64 + 56 + 64);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(machine, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(loader === '' ? 0 : 1, 56);
  file.writeUInt32LE(3, 64);
  file.writeBigUInt64LE(120n, 72);
  file.writeBigUInt64LE(BigInt(loader.length + 1), 96);
  file.write(loader, 120, 'latin1');
  return file;
}

async function look(content: string | Buffer): Promise<string | undefined> {
  const path = join(folder, 'bootstrap');
  writeFileSync(path, content);
  const wrong = await wrongEntrypoint(path, 'x64');
  return wrong && `${wrong.error}: ${wrong.advice}`;
}

test('programs and scripts that this machine can start are let through', async () => {
  assert.equal(await look(elf(62)), undefined);
  assert.equal(await look(elf(62, '/usr/bin/env')), undefined);
  assert.equal(await look('#!/bin/sh\nexit'), undefined);
  assert.equal(await look('#! /usr/bin/env python3\n'), undefined);
  assert.equal(await look('#!/var/task/own-interpreter\n'), undefined);
});

test('a program for another processor is named, with the one that is here', async () => {
  assert.match(
    (await look(elf(183))) ?? '',
    /exec format error: It is built for aarch64.*build it for x86_64/,
  );
  assert.match((await look(elf(999))) ?? '', /processor 999/);
});

test('a loader, an interpreter or lines of Windows are named', async () => {
  assert.match((await look(elf(62, '/lib/ld-none.so.1'))) ?? '', /no such file.*ld-none\.so\.1/);
  assert.match((await look('#!/usr/bin/no-such-language -x\n')) ?? '', /names \/usr\/bin\/no-such-language/);
  assert.match((await look('#!/bin/sh\r\nexit\r\n')) ?? '', /CR LF/);
});

test('what is no program at all, or cut short, is said to be so', async () => {
  for (const content of ['', 'echo hello\n', Buffer.alloc(5000, 200)])
    assert.match((await look(content)) ?? '', /exec format error: It is neither/);
  assert.match((await look(elf(62).subarray(0, 40))) ?? '', /cut short/);
});
