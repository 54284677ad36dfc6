import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FileBlobs } from './file-blobs.ts';

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-blobs-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('a package is found under the SHA-256 of its bytes, also after a restart', async (context) => {
  const directory = temporary(context);
  const bytes = Buffer.from('a package');
  const sha256 = await (await FileBlobs.open({ directory })).put(bytes);
  assert.equal(sha256, hash('sha256', bytes));
  const again = await FileBlobs.open({ directory });
  assert.deepEqual(await again.read(sha256), bytes);
});

test('the same package twice at once is one package', async (context) => {
  const directory = temporary(context);
  const blobs = await FileBlobs.open({ directory });
  await Promise.all([blobs.put(Buffer.from('same')), blobs.put(Buffer.from('same'))]);
  assert.equal(readdirSync(directory).length, 1);
});

test('what is not kept is undefined, also under a name that is no hash', async (context) => {
  const blobs = await FileBlobs.open({ directory: temporary(context) });
  assert.equal(await blobs.read(hash('sha256', 'unknown')), undefined);
  assert.equal(await blobs.read('../millrace.db'), undefined);
  await blobs.remove('../millrace.db');
});

test('a removed package is gone; removing it again is harmless', async (context) => {
  const blobs = await FileBlobs.open({ directory: temporary(context) });
  const sha256 = await blobs.put(Buffer.from('short-lived'));
  await blobs.remove(sha256);
  await blobs.remove(sha256);
  assert.equal(await blobs.read(sha256), undefined);
});

test('what an interrupted put left is cleared away at the next start', async (context) => {
  const directory = temporary(context);
  writeFileSync(join(directory, 'unfinished-0'), 'half');
  await FileBlobs.open({ directory });
  assert.deepEqual(readdirSync(directory), []);
});

test('a package whose file was changed is not handed out', async (context) => {
  const directory = temporary(context);
  const blobs = await FileBlobs.open({ directory });
  const sha256 = await blobs.put(Buffer.from('whole'));
  writeFileSync(join(directory, sha256), 'hole');
  await assert.rejects(blobs.read(sha256), /undamaged/);
});

test('of all packages only those that are wanted stay, and what is no package is left alone', async (context) => {
  const directory = temporary(context);
  const blobs = await FileBlobs.open({ directory });
  const [wanted, stray] = [await blobs.put(Buffer.from('wanted')), await blobs.put(Buffer.from('stray'))];
  writeFileSync(join(directory, 'note'), '');
  await blobs.keepOnly(new Set([wanted]));
  assert.equal(await blobs.read(stray), undefined);
  assert.deepEqual(readdirSync(directory).sort(), [wanted, 'note'].sort());
});
