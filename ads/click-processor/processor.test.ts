import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openTestLedger, resetLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { encodeClick } from './click-message.ts';
import { sampleClick } from './fixtures/sample-click.ts';
import { ClickProcessor } from './processor.ts';

describe('the click processor', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());
  beforeEach(() => resetLedger(ledger));

  it('lets clicks gather after a batch that was not full, which is recorded by then', async () => {
    assert.deepEqual(await recordedAtRests(1), [1]);
    assert.deepEqual(await recordedAtRests(9), [9]);
  });

  it('answers a full batch at once, for more may be waiting', async () => {
    assert.deepEqual(await recordedAtRests(10), []);
  });

  /** How many clicks were in the ledger at each rest, when a batch of so many is processed. */
  async function recordedAtRests(count: number): Promise<readonly number[]> {
    const recorded: number[] = [];
    const rest = async (): Promise<void> => {
      const [row] = await ledger.sql<{ clicks: number }[]>`SELECT count(*)::integer AS clicks FROM click`;
      recorded.push(row?.clicks ?? 0);
    };
    const processor = new ClickProcessor({ sql: ledger.sql, send: undefined, rest });
    const clicks = Array.from({ length: count }, (_, index) => sampleClick(index + 1));
    await processor.process(clicks.map((click) => ({ messageId: click.clickId, body: encodeClick(click) })));
    return recorded;
  }
});
