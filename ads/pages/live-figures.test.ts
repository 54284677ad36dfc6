import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chargeClicks } from '../click-processor/charge.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { seedDemo } from '../database/demo.ts';
import { startEmbedded } from '../database/embedded.ts';
import { openLedger, type Ledger } from '../database/ledger.ts';
import { LiveFigures } from './live-figures.ts';
import { RecentMinutes } from './recent-minutes.ts';

const MINUTE_MS = 60_000;
/** Longer than any test: what comes was pushed by the ledger. */
const NEVER_MS = 3_600_000;

describe('live figures', () => {
  let directory: string;
  let ledger: Ledger;
  let live: LiveFigures;
  let server: Server;
  let address: string;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'live-'));
    chmodSync(directory, 0o755);
    ledger = await openLedger({ directory, fast: true });
    await seedDemo(ledger.sql);
    live = new LiveFigures(ledger.sql, NEVER_MS);
    server = createServer((request, response) => {
      void live.watch(request.url === '/operators' ? 'operators' : 1, response, {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await live.close();
    server.closeAllConnections();
    server.close();
    await ledger.close();
    rmSync(directory, { recursive: true });
  });

  it('are read once for all who watch, and no more when the last has left, who leaves no connection behind', async () => {
    const watchers = await Promise.all(['/', '/', '/'].map(watch));
    await Promise.all(watchers.map((watcher) => watcher.until('data: {')));
    await until(async () => (await listeners()) === 1);
    assert.deepEqual([live.watched, await listeners()], [1, 1]);
    for (const watcher of watchers) await watcher.leave();
    await until(async () => live.watched === 0 && (await listeners()) === 0);
    const late = await watch('/');
    await late.until('data: {');
    assert.equal(live.watched, 1);
    await late.leave();
  });

  it('come when a click is charged, to its advertiser and to operators, by the ledger’s own word', async () => {
    const [advertiser, operator] = [await watch('/'), await watch('/operators')];
    await Promise.all([heard(advertiser), heard(operator)]);
    await chargeClicks(ledger.sql, [sampleClick(70)]);
    await Promise.all([advertiser.until('"billed":1,'), operator.until('"billed":1,')]);
    await ledger.sql`UPDATE campaign SET name = 'Renamed' WHERE campaign_id = 1`;
    await Promise.all([advertiser.until('Renamed'), operator.until('Renamed')]);
    await advertiser.leave();
    await operator.leave();
  });

  it('say so when the ledger cannot be read, and come again when it can', async () => {
    const watcher = await watch('/');
    await heard(watcher);
    await ledger.owner`ALTER TABLE advertiser RENAME TO hidden`;
    await ledger.sql`UPDATE budget SET limit_micros = limit_micros + 1 WHERE campaign_id = 1`;
    await watcher.until('event: stale');
    await ledger.owner`ALTER TABLE hidden RENAME TO advertiser`;
    await ledger.sql`UPDATE budget SET limit_micros = limit_micros + 1 WHERE campaign_id = 1`;
    await watcher.until('data: {');
    await watcher.leave();
  });

  it('are said to be stale while the database is down, and are pushed again when it is back', async () => {
    const watcher = await watch('/');
    await heard(watcher);
    const database = await startEmbedded(directory);
    await database.stop();
    await watcher.until('event: stale');
    await startEmbedded(directory, { fast: true });
    await watcher.until('data: {');
    await chargeClicks(ledger.sql, [sampleClick(80)]);
    await watcher.until('"billed":2,');
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
    await chargeClicks(ledger.sql, [click(6, 0)]);
    assert.deepEqual(counts(await read(nowMs + 1500)).at(-1), [0, 2]);
    assert.equal(recent.isDue(nowMs + 1500), true);
    assert.deepEqual(counts(await read(nowMs + 2000)).at(-1), [0, 3]);
    assert.equal(recent.completeAtMs, nowMs);
    assert.equal(recent.isDue(nowMs + MINUTE_MS), true);
    assert.deepEqual(counts(await read(nowMs + MINUTE_MS)), [
      [30, 1],
      [1, 2],
      [0, 3],
    ]);
  });

  /** Connections that hear of changes. */
  async function listeners(): Promise<number> {
    const [row] = await ledger.owner<{ count: number }[]>`
      SELECT count(*)::integer AS count FROM pg_stat_activity
      WHERE application_name = 'ads: changes of the ledger'`;
    return row?.count ?? 0;
  }

  async function watch(path: string): Promise<Watcher> {
    const leaving = new AbortController();
    const answer = await fetch(address + path, { signal: leaving.signal });
    const parts = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      async until(words) {
        while (!text.includes(words)) text += (await parts.read()).value ?? assert.fail('the stream ended');
        text = text.slice(text.indexOf(words) + words.length);
      },
      async leave() {
        await parts.cancel();
        leaving.abort();
      },
    };
  }
});

interface Watcher {
  /** Waits until it has heard `words`, and forgets what it heard up to there. */
  until(words: string): Promise<void>;
  leave(): Promise<void>;
}

/** Figures come when watching begins, and again when changes are heard. */
async function heard(watcher: Watcher): Promise<void> {
  await watcher.until('data: {');
  await watcher.until('data: {');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
