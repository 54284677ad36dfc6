import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { claim } from './only-one.ts';

describe('the claim on a data directory', () => {
  it('is taken over from a process that is no more, and given back', () => {
    const directory = mkdtempSync(join(tmpdir(), 'claim-'));
    writeFileSync(join(directory, 'ads.pid'), '999999999');
    claim(join(directory, 'new', 'one'))();
    claim(directory)();
    claim(directory)();
    rmSync(directory, { recursive: true });
  });

  it('is refused in one line where nothing can be written', () => {
    for (const directory of ['/proc/none', '/dev/null/none']) {
      assert.throws(
        () => claim(directory),
        /^Error: Nothing can be written to .*: choose another --data DIR\.$/,
      );
    }
  });
});
