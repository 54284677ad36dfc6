import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startTestServer } from '../server/fixtures/test-server.ts';
import type { SendOutcome } from '../server/send-batch.ts';
import { emptyTally } from '../server/tally.ts';
import { readSpooledBytes } from './spooled.ts';
import { summaryText, type Summary } from './text.ts';

it('what an ad server could not give to the broker is known as long as it is in the spool', async () => {
  let outcome: SendOutcome = 'unknown';
  await using server = await startTestServer({
    send: (bodies) => Promise.resolve(bodies.map(() => outcome)),
  });
  assert.equal(await readSpooledBytes(server.origin), 0);
  assert.equal((await server.ask(server.link())).status, 302);
  assert.ok((await readSpooledBytes(server.origin)) > 0);
  outcome = 'posted';
  while ((await readSpooledBytes(server.origin)) > 0) await new Promise(setImmediate);
});

it('the summary says how many clicks are in the spool', () => {
  const summary = {
    ...{ tally: emptyTally(), messages: 57, processor: 'somebody', companions: [], counters: {} },
    figures: { charged: 0, chargedMicros: 0, notCharged: [], latencyMs: undefined },
    reconciliation: { differences: {}, ids: {} },
  } as unknown as Summary;
  assert.match(summaryText({ ...summary, spooled: 143 }), /messages +57, 143 more in the spool: /);
  assert.match(summaryText({ ...summary, spooled: 0 }), /messages +57\n/);
});
