import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleCopy, isBundled } from './bundle.mjs';
import { pinnedNode, root } from './project.mjs';

const SOURCES = {
  'main.ts': "export const place: string = import.meta.url; console.log(place); await import('./late.ts');",
  'late.ts': "console.log('late');",
  'store/sqlite/writer.ts': 'console.log(1);',
  'store/sqlite/reader.ts': 'console.log(2);',
  'sandbox/spawner-process.ts': 'console.log(3);',
};
const LONG_AGO = new Date(Date.now() - 3600 * 1000);

let home;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'millrace-bundle-'));
  for (const [name, text] of Object.entries(SOURCES)) {
    const path = join(home, 'src', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  cpSync(join(root, 'bin'), join(home, 'bin'), { recursive: true });
  mkdirSync(join(home, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(pinnedNode, join(home, 'node_modules', '.bin', 'node'));
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  await sleep(10);
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

test('the program starts from its sources until it is made of them, then from few files', async () => {
  assert.equal(isBundled(home), false);
  assert.match(started(), /src\/main\.ts\nlate\n$/);
  await bundleCopy(home);
  assert.equal(isBundled(home), true);
  assert.match(started(), /build\/main\.js\nlate\n$/);
});

test('a source that was changed, added or removed since is never passed over', async () => {
  const late = join(home, 'src', 'late.ts');
  for (const change of [
    () => writeFileSync(late, "console.log('later');"),
    () => writeFileSync(join(home, 'src', 'store', 'new.ts'), ''),
    () => rmSync(join(home, 'src', 'store', 'new.ts')),
    () => {
      writeFileSync(late, "console.log('as copied, later');");
      utimesSync(late, LONG_AGO, LONG_AGO);
      utimesSync(dirname(late), LONG_AGO, LONG_AGO);
    },
  ]) {
    await sleep(10);
    await bundleCopy(home);
    assert.equal(isBundled(home), true);
    change();
    assert.equal(isBundled(home), false);
    assert.match(started(), /src\/main\.ts\n.*later\n$/);
  }
});

test('what an earlier program may still load stays for a day', async () => {
  const rooms = join(home, 'build', 'rooms');
  await bundleCopy(home);
  const [before] = readdirSync(rooms).filter((name) => name.startsWith('late-'));
  writeFileSync(join(home, 'src', 'late.ts'), "console.log('later');");
  await bundleCopy(home);
  assert.ok(existsSync(join(rooms, before)));
  const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
  utimesSync(join(rooms, before), twoDaysAgo, twoDaysAgo);
  await bundleCopy(home);
  assert.ok(!existsSync(join(rooms, before)));
  assert.match(started(), /later/);
});

test('sources that cannot be read as code leave nothing that would be started', async () => {
  await bundleCopy(home);
  writeFileSync(join(home, 'src', 'late.ts'), 'this is no code');
  await assert.rejects(bundleCopy(home), /late\.ts/);
  assert.equal(isBundled(home), false);
});

function started() {
  const run = spawnSync(join(home, 'bin', 'millrace'), { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}
