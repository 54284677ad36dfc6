import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { unzipSync } from 'fflate';
import { packageFunction } from './package-function.ts';

const folder = join(import.meta.dirname, '..', 'click-processor');

describe('the package of the click processor', () => {
  it('is the same each time, holds its dependencies, and neither tests nor fixtures', () => {
    const zip = packageFunction(folder);
    assert.equal(packageFunction(folder).sha256, zip.sha256);
    const names = Object.keys(unzipSync(zip.bytes));
    for (const name of [
      'index.ts',
      'package.json',
      'node_modules/postgres/src/index.js',
      'node_modules/isbot/index.mjs',
    ]) {
      assert.ok(names.includes(name), name);
    }
    assert.deepEqual(
      names.filter((name) => /\.test\.ts$|^fixtures/.test(name)),
      [],
    );
  });

  it('runs where nothing else is installed', () => {
    const place = mkdtempSync(join(tmpdir(), 'package-'));
    for (const [name, bytes] of Object.entries(unzipSync(packageFunction(folder).bytes))) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), bytes);
    }
    const program = `const { handler } = await import('./index.ts');
      console.log(JSON.stringify(await handler({ Records: [{ messageId: 'a', body: 'no click' }] })));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: place,
      env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
      encoding: 'utf8',
    });
    rmSync(place, { recursive: true });
    assert.deepEqual(JSON.parse(said), { batchItemFailures: [{ itemIdentifier: 'a' }] });
  });
});
