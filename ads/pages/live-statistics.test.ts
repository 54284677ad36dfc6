import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { LiveStatistics } from './live-statistics.ts';
import { RecentMinutes } from './recent-minutes.ts';

const MINUTE_MS = 60_000;

describe('live statistics', () => {
  let ledger: Ledger;
  let live: LiveStatistics;
  let server: Server;
  let address: string;
  before(async () => {
    ledger = await openTestLedger();
    live = new LiveStatistics(ledger.sql);
    server = createServer((_request, response) => void live.watch(1, response, {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    live.close();
    server.closeAllConnections();
    server.close();
    await ledger.close();
  });

  it('are read once for all who watch, and no more when the last has left', async () => {
    const watchers = await Promise.all([1, 2, 3].map(() => watch()));
    await Promise.all(watchers.map((watcher) => watcher.until('data: {')));
    assert.equal(live.watched, 1);
    for (const watcher of watchers) await watcher.leave();
    // The server hears of the leaving in its own time.
    await until(() => live.watched === 0);
    assert.equal(live.watched, 0);
    const late = await watch();
    await late.until('data: {');
    assert.equal(live.watched, 1);
    await late.leave();
  });

  it('say so when the ledger cannot be read, and come again when it can', async () => {
    const watcher = await watch();
    await watcher.until('data: {');
    await ledger.owner`ALTER TABLE advertiser RENAME TO hidden`;
    await watcher.until('event: stale');
    await ledger.owner`ALTER TABLE hidden RENAME TO advertiser`;
    await watcher.until('data: {');
    await watcher.leave();
  });

  it('count a click by the minute in which it was clicked, also one that is recorded much later', async () => {
    const recent = new RecentMinutes();
    const nowMs = Date.parse('2026-01-01T12:00:30Z');
    const click = (number: number, minutesAgo: number) =>
      sampleClick(
        number,
        { clickedAtMs: nowMs - minutesAgo * MINUTE_MS },
        { advertiserId: 3, campaignId: 4 },
      );
    const read = (atMs: number) => recent.read(ledger.sql, 3, atMs);
    await chargeClicks(ledger.sql, [click(1, 0), click(2, 1), click(3, 1)]);
    const counts = (minutes: Awaited<ReturnType<typeof read>>) =>
      minutes.map(({ atMs, billed }) => [Math.round((nowMs - atMs - 30_000) / MINUTE_MS), billed]);
    assert.deepEqual(counts(await read(nowMs)), [
      [1, 2],
      [0, 1],
    ]);
    await chargeClicks(ledger.sql, [click(4, 0), click(5, 30)]);
    assert.deepEqual(counts(await read(nowMs + 1000)), [
      [1, 2],
      [0, 2],
    ]);
    assert.equal(recent.isDue(nowMs + 1000), false);
    assert.equal(recent.isDue(nowMs + MINUTE_MS), true);
    assert.deepEqual(counts(await read(nowMs + MINUTE_MS)), [
      [30, 1],
      [1, 2],
      [0, 2],
    ]);
  });

  async function watch(): Promise<Watcher> {
    const leaving = new AbortController();
    const answer = await fetch(address, { signal: leaving.signal });
    const parts = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      async until(words) {
        while (!text.includes(words)) text += (await parts.read()).value ?? assert.fail('the stream ended');
        text = '';
      },
      async leave() {
        await parts.cancel();
        leaving.abort();
      },
    };
  }
});

interface Watcher {
  /** Waits until it has heard `words`, and forgets what it heard. */
  until(words: string): Promise<void>;
  leave(): Promise<void>;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
