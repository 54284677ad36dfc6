import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { chargeBatch } from '../click-processor/batch.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { startTestServer, type TestServer } from './fixtures/test-server.ts';
import type { SendOutcome } from './send-batch.ts';

const FIREFOX = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

describe('a click', () => {
  it('is redirected when it is durable in the queue, and not a moment before', async () => {
    const sent = Promise.withResolvers<readonly SendOutcome[]>();
    const leaving = Promise.withResolvers<void>();
    await using server = await startTestServer({
      send() {
        leaving.resolve();
        return sent.promise;
      },
    });
    let isAnswered = false;
    const asked = server.ask(server.link()).then((answer) => {
      isAnswered = true;
      return answer.status;
    });
    await leaving.promise;
    // The answer to this request overtakes it, which the first would do too if it did not wait.
    assert.equal((await server.ask('/health')).status, 200);
    assert.deepEqual([isAnswered, server.server.tally.answered], [false, 0]);
    sent.resolve(['posted']);
    assert.equal(await asked, 302);
    assert.equal(server.server.tally.answered, 1);
  });

  it('counts as answered when its redirect goes out: no page, refusal or look ahead does', async () => {
    await using server = await startTestServer();
    await server.ask(server.link());
    await server.ask('/click/x');
    await server.ask(server.link(), { 'Sec-Purpose': 'prefetch' });
    await server.ask(server.link(), {}, 'POST');
    const { answered, notOurs, prefetches, unavailable, floods } = server.server.tally;
    assert.deepEqual([answered, notOurs, prefetches, unavailable, floods], [1, 1, 1, 0, 0]);
    assert.equal(server.sentBodies.length, 3);
  });

  it('has an id of its own for each request, and the id of the showing that it belongs to', async () => {
    await using server = await startTestServer();
    const link = server.link();
    await Promise.all([server.ask(link), server.ask(link), server.ask(link)]);
    const clicks = server.clicks();
    assert.equal(new Set(clicks.map((click) => click?.clickId)).size, 3);
    assert.equal(new Set(clicks.map((click) => click?.served?.impressionId)).size, 1);
    assert.deepEqual(
      clicks.map((click) => click?.seq),
      [1, 2, 3],
    );
  });

  it('whose reader goes away meanwhile is posted all the same, and harms nobody', async () => {
    const sent = Promise.withResolvers<readonly SendOutcome[]>();
    const leaving = Promise.withResolvers<void>();
    await using server = await startTestServer({
      send(bodies) {
        leaving.resolve();
        return bodies.length === 1 ? sent.promise : Promise.resolve(bodies.map(() => 'posted'));
      },
    });
    const asked = request(server.origin + server.link()).on('error', () => undefined);
    asked.end();
    await leaving.promise;
    asked.destroy();
    sent.resolve(['posted']);
    assert.equal((await server.ask(server.link())).status, 302);
    assert.deepEqual(server.account().posted, [[1, 2]]);
  });
});

describe('a click on an ad that is not shown any more', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
    await ledger.sql`UPDATE campaign SET state = 'paused' WHERE campaign_id = 3`;
    await ledger.sql`UPDATE campaign SET state = 'ended' WHERE campaign_id = 4`;
  });
  after(() => ledger.close());

  for (const [campaignId, state] of [
    [3, 'paused'],
    [4, 'ended'],
    [99, 'unknown'],
  ] as const)
    it(`still leads where it should, and is recorded without a charge (${state})`, async () => {
      await using server = await startTestServer();
      server.server.hear({ type: 'campaign-stopped', campaignId, atMs: 0 });
      const impressionId = `01900000-0000-7000-8000-${String(campaignId).padStart(12, '0')}`;
      const answer = await server.ask(server.link({ campaignId, impressionId }), FIREFOX);
      assert.deepEqual([answer.status, answer.headers.location], [302, 'https://bicycles.example/spring']);
      const { verdict, charges } = await recorded(server);
      assert.notEqual(verdict, 'billed');
      assert.equal(charges, 0);
    });

  async function recorded(server: TestServer): Promise<{ verdict: string; charges: number }> {
    const [body = ''] = server.sentBodies;
    assert.deepEqual(await chargeBatch(ledger.sql, [{ messageId: '1', body }]), []);
    const id = server.clicks()[0]?.clickId ?? '';
    const [row] = await ledger.sql<{ verdict: string; charges: number }[]>`
      SELECT verdict, (SELECT count(*) FROM charge WHERE click_id = ${id})::integer AS charges
      FROM click WHERE click_id = ${id}`;
    return row ?? assert.fail('The click was not recorded.');
  }
});
