import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from './click-processor/charge.ts';
import { sampleClick } from './click-processor/fixtures/sample-click.ts';
import { openTestLedger } from './database/fixtures.ts';
import type { Ledger } from './database/ledger.ts';
import { startHousekeeping } from './housekeeping.ts';
import { askForViews } from './ledger/rules.ts';

const DAY_MS = 86_400_000;

describe('housekeeping', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
    await ledger.owner`DELETE FROM outbox`;
  });
  after(() => ledger.close());

  it('sends what was left in the outbox, ends waits that nobody ended, and closes the days that are over, once', async () => {
    await askForViews(ledger.sql);
    await askForViews(ledger.sql);
    await chargeClicks(ledger.sql, [sampleClick(1)]);
    await ledger.owner.unsafe(`
      ALTER TABLE click DISABLE TRIGGER USER;
      UPDATE click SET recorded_at = now() - interval '2 hours';
      ALTER TABLE click ENABLE TRIGGER USER`);
    const sent: string[] = [];
    const closed: string[] = [];
    const keepHouse = async (): Promise<void> => {
      const stop = startHousekeeping({
        ledger,
        send: async (queue, messages) => void sent.push(...messages.map(() => queue)),
        closed: async (day) => void closed.push(day),
      });
      await stop();
    };
    const before = Date.now();
    await keepHouse();
    await keepHouse();
    assert.equal(sent.filter((queue) => queue === 'pending-clicks').length, 1);
    const [click] = await ledger.sql`SELECT verdict, reason FROM click`;
    assert.deepEqual({ ...click }, { verdict: 'invalid', reason: 'no-view' });
    const days = [before, Date.now()].map((nowMs) =>
      new Date(nowMs - 3_600_000 - DAY_MS).toISOString().slice(0, 10),
    );
    assert.equal(closed.length >= 1 && closed.every((day) => days.includes(day)), true, closed.join());
    assert.equal(new Set(closed).size, closed.length);
    const rules = await ledger.sql`SELECT version FROM rule_set`;
    assert.equal(rules.length, 3);
  });
});
