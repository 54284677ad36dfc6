import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { closeDay } from '../ledger/closing.ts';

const program = join(import.meta.dirname, '..', 'cli.ts');
let ledger: Ledger;
before(async () => {
  ledger = await openTestLedger();
});
after(() => ledger.close());

it('npm run ads -- shares changes a share, and says what each publisher is owed', async () => {
  assert.equal(
    await shares('set', '1', '62.5'),
    'Publisher 1 gets 62.5 % of all days that are not closed yet.\n',
  );
  await chargeClicks(ledger.sql, [sampleClick(1, {}, { priceMicros: 1_000_001 })]);
  await closeDay(ledger.sql, '2025-06-15');
  await chargeClicks(ledger.sql, [sampleClick(2, { clickedAtMs: 1_750_100_000_000 }, { priceMicros: 3 })]);
  assert.deepEqual((await shares('list')).split('\n'), [
    '1  Daily Tide  62.5 %  owed 0.625000  not divided yet 0.000003',
    '2  Weekend Gardener  70 %  owed 0.000000  not divided yet 0.000000',
    '3  Byte Street  70 %  owed 0.000000  not divided yet 0.000000',
    'Our part: 0.375001. Divided up to 2025-06-15.',
    '',
  ]);
  for (const [words, says] of [
    [['set', '1', '101'], /^A share is 0 to 100 per cent/],
    [['set', '9', '10'], /^There is no publisher 9\.\n$/],
    [['set', 'x', '10'], /^It takes the number of a publisher\.\n$/],
  ] as const)
    assert.match(await shares(...words), says);
});

/** What it says, on either output. */
function shares(...words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATABASE_URL: ledger.ownerUrl };
    execFile(process.execPath, [program, 'shares', ...words], { env }, (_error, out, wrong) =>
      resolve(out + wrong),
    );
  });
}
