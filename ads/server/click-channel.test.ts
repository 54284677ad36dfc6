import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { decodeClick } from '../click-processor/click-message.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { ClickChannel } from './click-channel.ts';
import type { PostOutcome } from './send-batch.ts';
import { Journal, parseJournal, readJournals, type RunAccount } from './journal.ts';

/** A send that waits for the test to say what became of it. */
class HeldSends {
  readonly held: { bodies: readonly string[]; answer: (outcomes: readonly PostOutcome[]) => void }[] = [];
  readonly send = (bodies: readonly string[]): Promise<readonly PostOutcome[]> =>
    new Promise((answer) => this.held.push({ bodies, answer }));

  sizes(): readonly number[] {
    return this.held.map((one) => one.bodies.length);
  }

  confirm(index: number): void {
    const one = this.held[index];
    one?.answer(one.bodies.map(() => 'posted'));
  }
}

describe('the channel of clicks', () => {
  let directory: string;
  let journal: Journal;
  let sends: HeldSends;
  let channel: ClickChannel;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'channel-'));
    journal = new Journal(directory, 'ad-1');
    sends = new HeldSends();
    channel = new ClickChannel({ send: sends.send, journal });
  });
  afterEach(() => {
    journal.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('sends the clicks of one turn together, and what comes meanwhile when that send is back', async () => {
    const first = [post(), post(), post()];
    await turn();
    void post();
    await turn();
    assert.deepEqual(sends.sizes(), [3]);
    sends.confirm(0);
    assert.deepEqual(await Promise.all(first), ['posted', 'posted', 'posted']);
    await turn();
    assert.deepEqual(sends.sizes(), [3, 1]);
  });

  it('sends full batches while others are under way, but not without limit', async () => {
    for (let index = 0; index < 125; index += 1) void post();
    await turn();
    assert.deepEqual(sends.sizes(), Array(8).fill(10));
    assert.equal(channel.waitingCount, 45);
  });

  it('numbers clicks without gaps, in the order in which they leave', async () => {
    for (let index = 0; index < 25; index += 1) void post();
    await turn();
    sends.confirm(0);
    sends.confirm(1);
    await turn();
    sends.confirm(2);
    await turn();
    const numbers = sends.held.flatMap((one) => one.bodies.map((body) => decodeClick(body)?.seq));
    assert.deepEqual(
      numbers,
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
    assert.deepEqual(account().posted, [[1, 25]]);
  });

  it('tells each click its own outcome, and the journal every number', async () => {
    const outcomes = [post(), post(), post()];
    await turn();
    sends.held[0]?.answer(['posted', 'refused', 'unknown']);
    assert.deepEqual(await Promise.all(outcomes), ['posted', 'refused', 'unknown']);
    assert.deepEqual(account(), { serverId: 'ad-1', posted: [[1, 1]], refused: [[2, 2]], unknown: [[3, 3]] });
  });

  it('has written the number down before the click leaves, and the outcome before anybody is told', async () => {
    const outcome = post().then(() => account());
    await turn();
    assert.deepEqual(account().unknown, [[1, 1]]);
    sends.confirm(0);
    assert.deepEqual((await outcome).posted, [[1, 1]]);
  });

  it('leaves out a journal line that a kill cut off', () => {
    assert.deepEqual(parseJournal('ad-1', 'sending 1 10\nposted 1 9\nposted 1').unknown, [[10, 10]]);
  });

  it('reads the journals of all runs', async () => {
    new Journal(directory, 'ad-2').close();
    assert.deepEqual(
      readJournals(directory).map((run) => run.serverId),
      ['ad-1', 'ad-2'],
    );
  });

  function post(): Promise<PostOutcome> {
    const { serverId: _, seq: __, ...click } = sampleClick(1);
    return channel.post(click);
  }

  function account(): RunAccount {
    return parseJournal('ad-1', readFileSync(join(directory, 'ad-1.journal'), 'utf8'));
  }
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
