import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';

const program = join(import.meta.dirname, '..', 'cli.ts');
const CLICKS = 200_000;
const AT_ONCE = 1000;
/** Far less than all clicks of the test take together: who reads them at once ends here. */
const MOST_MEMORY_MB = 128;

let ledger: Ledger;
before(async () => {
  ledger = await openTestLedger();
  await resetLedger(ledger, 1_000_000_000_000);
});
after(() => ledger.close());

it('a rebuilding of 200,000 clicks is equal to the micro-unit, in memory that does not grow with the clicks', async () => {
  for (let first = 1; first <= CLICKS; first += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, index) => sampleClick(first + index));
    assert.equal((await chargeClicks(ledger.sql, batch)).billed, AT_ONCE);
  }
  const { code, says } = await rebuildInLittleMemory();
  assert.equal(code, 0, says);
  assert.match(says, /^ {2}click +200000 rows, 0 differ$/m);
  assert.match(says, /charged 50000\.000000, rebuilt 50000\.000000/);
});

/** What it says, on either output, and its exit code; null when it was ended. */
function rebuildInLittleMemory(): Promise<{ readonly code: number | null; readonly says: string }> {
  return new Promise((resolve) => {
    const words = [`--max-old-space-size=${MOST_MEMORY_MB}`, program, 'rebuild'];
    const env = { ...process.env, DATABASE_URL: ledger.ownerUrl };
    const child = execFile(process.execPath, words, { env }, (_error, out, wrong) =>
      resolve({ code: child.exitCode, says: out + wrong }),
    );
  });
}
