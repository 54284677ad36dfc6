import assert from 'node:assert/strict';
import { lstat, mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipSync, type Zippable } from 'fflate';
import { openPackage } from './package.ts';
import { unpack } from './unpack.ts';

type Given = Readonly<Record<string, { readonly text?: string; readonly mode?: number }>>;

function zip(given: Given): Uint8Array {
  const entries = Object.entries(given).map(([name, { text = '', mode = 0o100644 }]) => [
    name,
    [Buffer.from(text), { os: 3, attrs: mode * 65_536, level: 0 }],
  ]);
  return zipSync(Object.fromEntries(entries) as Zippable);
}

/** The sentence that refuses these bytes, or undefined when they are taken. `look` sees what was unpacked. */
async function refusal(
  bytes: Uint8Array,
  look: (folder: string) => Promise<void> = async () => {},
): Promise<string | undefined> {
  const opened = await openPackage(bytes);
  if (!opened.ok) return opened.failure.reason;
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  try {
    const unpacked = await unpack(opened.value, folder);
    if (!unpacked.ok) return unpacked.failure.reason;
    await look(folder);
    return undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const LINK = 0o120777;

test('files, folders, execute rights and links inside the package are unpacked', async () => {
  const bytes = zip({
    'a/b/file.js': { text: 'x' },
    run: { text: '#!/bin/sh', mode: 0o100755 },
    'a/link': { text: '../run', mode: LINK },
    'empty/': {},
  });
  const wrong = await refusal(bytes, async (folder) => {
    assert.equal(await readFile(join(folder, 'a/b/file.js'), 'utf8'), 'x');
    assert.equal((await stat(join(folder, 'run'))).mode & 0o777, 0o755);
    assert.equal((await stat(join(folder, 'a/b/file.js'))).mode & 0o777, 0o644);
    assert.equal(await readlink(join(folder, 'a/link')), '../run');
    assert.ok((await lstat(join(folder, 'empty'))).isDirectory());
  });
  assert.equal(wrong, undefined);
});

test('everyone may read what is unpacked, whatever the umask: functions run as users of their own', async () => {
  const before = process.umask(0o077);
  try {
    await refusal(zip({ 'a/b/c.js': {} }), async (folder) => {
      const modes = await Promise.all(['a', 'a/b', 'a/b/c.js'].map((path) => stat(join(folder, path))));
      assert.deepEqual(
        modes.map(({ mode }) => mode & 0o777),
        [0o755, 0o755, 0o644],
      );
    });
  } finally {
    process.umask(before);
  }
});

const bad: Readonly<Record<string, [Uint8Array, RegExp]>> = {
  'no zip at all': [
    Buffer.from('hello'),
    /^Could not unzip uploaded file\. Please check your file, then try to upload again\. \(.*[^.]\)$/,
  ],
  'an empty zip': [zip({}), /non-empty zip/],
  'folders only': [zip({ 'a/': {} }), /non-empty zip/],
  'a path that climbs out': [zip({ '../evil': {} }), /relative path/],
  'a path that climbs out later': [zip({ 'a/../../evil': {} }), /relative path/],
  'an absolute path': [zip({ '/etc/passwd': {} }), /absolute path/],
  'the same path twice': [zip({ 'a/b': {}, 'a//b': {} }), /two entries named a\/b/],
  'a file under a file': [zip({ a: {}, 'a/b': {} }), /a\/b lies under a, which is not a folder/],
  'a file under a link': [zip({ a: { text: '.', mode: LINK }, 'a/b': {} }), /a\/b lies under a/],
  'a link that leaves': [zip({ a: { text: '../outside', mode: LINK } }), /outside the package/],
  'an absolute link': [zip({ a: { text: '/etc', mode: LINK } }), /outside the package/],
  'a link that leaves through another': [
    zip({
      's/f': {},
      's/t': { text: '..', mode: LINK },
      u: { text: 's/t/../x', mode: LINK },
    }),
    /leads through another link, s\/t/,
  ],
};

for (const [name, [bytes, sentence]] of Object.entries(bad)) {
  test(`refused with a sentence: ${name}`, async () => {
    assert.match((await refusal(bytes)) ?? 'taken', sentence);
  });
}

test('a zip that promises more than 250 MB is refused before anything is unpacked', async () => {
  const bytes = Buffer.from(zipSync({ bomb: new Uint8Array(100_000) }));
  const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  bytes.writeUInt32LE(262_144_001, directory + 24);
  const opened = await openPackage(bytes);
  assert.ok(!opened.ok && opened.failure.kind === 'package-too-large');
  assert.match(opened.failure.reason, /smaller than 262144000 bytes/);
});

test('a zip that holds more than it promises is refused', async () => {
  const bytes = Buffer.from(zipSync({ bomb: new Uint8Array(100_000) }));
  const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  bytes.writeUInt32LE(10, directory + 24);
  assert.match((await refusal(bytes)) ?? 'taken', /^Could not unzip uploaded file/);
});

test('damaged bytes inside a zip are refused', async () => {
  const bytes = Buffer.from(zipSync({ a: Buffer.from('abcdefgh'.repeat(1000)) }));
  bytes.fill(0xff, 40, 50);
  assert.match((await refusal(bytes)) ?? 'taken', /^Could not unzip uploaded file/);
});

test('more than 50 MB of zip are refused', async () => {
  const opened = await openPackage(new Uint8Array(52_428_801));
  assert.ok(!opened.ok && opened.failure.kind === 'package-too-large');
});
