import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { encodeClick } from './click-message.ts';
import { connect } from './connection.ts';
import { chargeBatch } from './batch.ts';
import { sampleClick } from './fixtures/sample-click.ts';

describe('the click processor as a function', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  it('charges the records of an event and reports those that are no clicks', async () => {
    process.env['DATABASE_URL'] = ledger.url;
    const { handler, disconnect } = await import('./index.ts');
    const Records = [
      { messageId: 'm1', body: encodeClick(sampleClick(1)) },
      { messageId: 'm2', body: '{}' },
    ];
    assert.deepEqual(await handler({ Records }), { batchItemFailures: [{ itemIdentifier: 'm2' }] });
    const rows = await ledger.sql`SELECT verdict FROM click`;
    assert.deepEqual(
      rows.map((row) => row['verdict']),
      ['billed'],
    );
    await disconnect();
  });

  it('goes on when the database has closed its connection', async () => {
    const sql = connect(ledger.url, 'to-be-cut');
    await chargeBatch(sql, [{ messageId: 'a', body: encodeClick(sampleClick(20)) }]);
    await ledger.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to-be-cut'`;
    assert.deepEqual(await chargeBatch(sql, [{ messageId: 'b', body: encodeClick(sampleClick(21)) }]), []);
    const rows = await ledger.sql`SELECT click_id FROM click WHERE seq IN (20, 21)`;
    assert.equal(rows.length, 2);
    await sql.end();
  });
});
