import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { copyText, parseCopy } from './catalogue-copy.ts';
import { readCatalogue } from './catalogue.ts';

describe('what there is to show', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  const shown = async (): Promise<readonly number[]> => [
    ...new Set((await readCatalogue(ledger.sql)).offers.map((offer) => offer.campaignId)),
  ];
  const set = (campaign: number, column: string, value: string): Promise<unknown> =>
    ledger.sql.unsafe(`UPDATE campaign SET ${column} = ${value} WHERE campaign_id = ${campaign}`);

  it('are the ads of campaigns that run and can pay, in total and today', async () => {
    assert.deepEqual(await shown(), [1, 2, 3, 4, 5]);
    await set(1, 'state', "'paused'");
    await set(2, 'ends_at', "now() - interval '1 second'");
    await set(3, 'day_limit_micros', 'price_micros - 1');
    await set(4, 'day_limit_micros', 'price_micros');
    await ledger.sql`UPDATE budget SET limit_micros = 1 WHERE campaign_id = 5`;
    assert.deepEqual(await shown(), [4]);
    await ledger.sql`INSERT INTO budget_day VALUES (4, (now() AT TIME ZONE 'UTC')::date, 1000000000, 1)`;
    assert.deepEqual(await shown(), []);
  });

  it('is the same after a while in a file', async () => {
    await ledger.sql`INSERT INTO placement VALUES (21, 2, 'Top'), (22, 2, 'Side')`;
    await ledger.sql`UPDATE publisher SET state = 'paused' WHERE publisher_id = 3`;
    const catalogue = await readCatalogue(ledger.sql);
    assert.deepEqual(
      [...catalogue.publishers],
      [
        [1, []],
        [2, [21, 22]],
      ],
    );
    assert.deepEqual(parseCopy(copyText(catalogue)), catalogue);
    assert.equal(parseCopy('{}'), undefined);
  });
});
