import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { needsSmallDisk, smallDisk } from './fixtures/small-disk.ts';
import { Journal, settleFormer } from './journal.ts';
import { journalText, parseJournal, readJournal } from './run-account.ts';

describe('the journal of a run', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('stays small however many numbers it gives out, and says the same', () => {
    const journal = new Journal(directory, 'ad-1');
    for (let batch = 0; batch < 20_000; batch += 1) {
      const first = journal.take(10) ?? assert.fail();
      const numbers = Array.from({ length: 10 }, (_, index) => first + index);
      if (batch === 7) journal.settle('spooled', numbers);
      else if (batch !== 9) journal.settle('posted', numbers);
    }
    journal.close();
    const path = join(directory, 'ad-1.journal');
    assert.ok(statSync(path).size < 300_000);
    const [posted, spooled] = [
      [
        [1, 70],
        [81, 90],
        [101, 200_000],
      ],
      [[71, 80]],
    ];
    const account = readJournal(path, 'ad-1');
    assert.deepEqual([account.posted, account.spooled], [posted, spooled]);
    assert.deepEqual(parseJournal('ad-1', journalText(account)), account);
  });

  it('learns later what became of numbers of a run that is over, and is not made for one that is forgotten', () => {
    writeFileSync(join(directory, 'ad-1.journal'), 'sending 1 2\nspooled 1 2\n');
    settleFormer(directory, 'ad-1', 'posted', [1]);
    settleFormer(directory, 'ad-2', 'posted', [1]);
    const { posted, spooled } = readJournal(join(directory, 'ad-1.journal'), 'ad-1');
    assert.deepEqual([posted, spooled], [[[1, 1]], [[2, 2]]]);
    assert.equal(statSync(join(directory, 'ad-2.journal'), { throwIfNoEntry: false }), undefined);
  });

  it(
    'gives out no number on a full disk, and remembers outcomes until there is room',
    needsSmallDisk(),
    () => {
      const place = join(directory, 'small');
      using _ = smallDisk(place, 16);
      const journal = new Journal(place, 'ad-1');
      assert.equal(journal.take(10), 1);
      writeFileSync(join(place, 'filler'), Buffer.alloc(12_288));
      let given = 10;
      while (journal.take(1000) !== undefined) given += 1000;
      journal.settle('posted', [1, 2, 3]);
      rmSync(join(place, 'filler'));
      assert.equal(journal.take(5), given + 1);
      journal.close();
      assert.deepEqual(readJournal(join(place, 'ad-1.journal'), 'ad-1').posted, [[1, 3]]);
    },
  );
});
