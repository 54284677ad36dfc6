import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Journal } from './journal.ts';
import type { NumberedChannel, PostOutcome } from './numbered-channel.ts';
import { openChannel } from './open-channel.ts';
import { parseJournal, readJournals, type RunAccount } from './run-account.ts';
import type { SendOutcome } from './send-batch.ts';

/** A send that waits for the test to say what became of it. */
class HeldSends {
  readonly held: { bodies: readonly string[]; answer: (outcomes: readonly SendOutcome[]) => void }[] = [];
  #confirmsAll = false;
  readonly send = (bodies: readonly string[]): Promise<readonly SendOutcome[]> =>
    this.#confirmsAll
      ? Promise.resolve(bodies.map(() => 'posted'))
      : new Promise((answer) => this.held.push({ bodies, answer }));

  /** Those held, and all that come. */
  confirmEverything(): void {
    this.#confirmsAll = true;
    this.held.forEach((_, index) => this.confirm(index));
  }

  sizes(): readonly number[] {
    return this.held.map((one) => one.bodies.length);
  }

  confirm(index: number): void {
    this.answer(index, 'posted');
  }

  answer(index: number, outcome: SendOutcome): void {
    const one = this.held[index];
    one?.answer(one.bodies.map(() => outcome));
  }
}

describe('the channel of clicks', () => {
  let directory: string;
  let sends: HeldSends;
  let channel: NumberedChannel;
  let spoolLimitBytes: number;
  /** Pauses between tries, in the order in which they began; a test ends them. */
  let pauses: (() => void)[];
  /** Rests after sends; undefined: there are none. */
  let rests: (() => void)[] | undefined;
  let opened: { held: HeldSends; made: NumberedChannel }[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'channel-'));
    sends = new HeldSends();
    spoolLimitBytes = 100_000;
    pauses = [];
    rests = undefined;
    opened = [];
    channel = open('ad-1');
  });
  afterEach(async () => {
    for (const { held } of opened) held.confirmEverything();
    const closing = Promise.all(opened.map(({ made }) => made.close()));
    await retry();
    await closing;
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

  it('rests after a send, so that the next one carries more; but a full one leaves', async () => {
    rests = [];
    void post();
    await turn();
    sends.confirm(0);
    void post();
    await turn();
    void post();
    await turn();
    assert.deepEqual(sends.sizes(), [1]);
    for (const end of rests.splice(0)) end();
    await turn();
    assert.deepEqual(sends.sizes(), [1, 2]);
    sends.confirm(1);
    for (let index = 0; index < 10; index += 1) void post();
    await turn();
    assert.deepEqual(sends.sizes(), [1, 2, 10]);
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
    assert.deepEqual(
      sends.held.flatMap(({ bodies }) => bodies),
      Array.from({ length: 25 }, (_, index) => `ad-1 ${index + 1}`),
    );
    assert.deepEqual(account().posted, [[1, 25]]);
  });

  it('tells each message its own outcome, and the journal every number', async () => {
    const outcomes = [post(), post(), post()];
    await turn();
    sends.held[0]?.answer(['posted', 'rejected', 'posted']);
    assert.deepEqual(await Promise.all(outcomes), ['posted', 'refused', 'posted']);
    const posted = [
      [1, 1],
      [3, 3],
    ];
    assert.deepEqual(account(), { serverId: 'ad-1', posted, refused: [[2, 2]], unknown: [], spooled: [] });
  });

  for (const failure of ['unknown', 'refused'] as const) {
    it(`keeps on disk what the broker did not take (${failure}), and what comes until it is back`, async () => {
      const [first, second] = [post(), post()];
      await turn();
      sends.answer(0, failure);
      assert.deepEqual(await Promise.all([first, second]), ['spooled', 'spooled']);
      assert.equal(await post(), 'spooled');
      assert.deepEqual(account().spooled, [[1, 3]]);
      await retry();
      sends.answer(1, failure);
      await turn();
      await retry();
      assert.deepEqual(sends.held[2]?.bodies, ['ad-1 1', 'ad-1 2', 'ad-1 3']);
      sends.confirm(2);
      await turn();
      const afterwards = post();
      await turn();
      sends.confirm(3);
      assert.equal(await afterwards, 'posted');
      assert.deepEqual([account().posted, account().spooled], [[[1, 4]], []]);
      assert.deepEqual(channel.state, { reachable: true, spooledBytes: 0 });
    });
  }

  it('answers 25 messages while the broker hangs as soon as one send has failed', async () => {
    const outcomes = Array.from({ length: 25 }, () => post());
    await turn();
    sends.answer(0, 'unknown');
    sends.answer(1, 'unknown');
    sends.answer(2, 'unknown');
    assert.deepEqual(new Set(await Promise.all(outcomes)), new Set(['spooled']));
    assert.deepEqual(account().spooled, [[1, 25]]);
  });

  it('delivers what an earlier run left, under its numbers, oldest first', async () => {
    const left = [post(), post()];
    await turn();
    sends.answer(0, 'refused');
    assert.deepEqual(await Promise.all(left), ['spooled', 'spooled']);
    const next = new HeldSends();
    open('ad-2', next);
    await turn();
    assert.deepEqual(next.held[0]?.bodies, ['ad-1 1', 'ad-1 2']);
    next.confirm(0);
    await turn();
    assert.deepEqual([account().posted, account().spooled], [[[1, 2]], []]);
  });

  it('says that a message is nowhere when the spool has no room, and tries the broker again', async () => {
    spoolLimitBytes = 25;
    channel = open('ad-3');
    const outcomes = [post(), post(), post()];
    await turn();
    sends.answer(0, 'refused');
    assert.deepEqual(await Promise.all(outcomes), ['unknown', 'unknown', 'unknown']);
    await retry();
    const next = post();
    await turn();
    sends.confirm(1);
    assert.equal(await next, 'posted');
  });

  it('refuses what it cannot remember', async () => {
    const outcomes = Array.from({ length: 20_001 }, () => post());
    assert.equal(await outcomes.at(-1), 'refused');
    await turn();
    assert.equal(channel.waitingCount, 19_920);
  });

  it('has written the number down before the click leaves, and the outcome before anybody is told', async () => {
    const outcome = post().then(() => account());
    await turn();
    assert.deepEqual(account().unknown, [[1, 1]]);
    sends.confirm(0);
    assert.deepEqual((await outcome).posted, [[1, 1]]);
  });

  it('empties its spool by a send of its own, which may wait longer than a click does', async () => {
    const delivered: string[] = [];
    const slow = openChannel({
      send: (bodies) => Promise.resolve(bodies.map(() => 'unknown' as const)),
      sendSpooled: (bodies) => {
        delivered.push(...bodies);
        return Promise.resolve(bodies.map(() => 'posted' as const));
      },
      ...{ serverId: 'ad-4', journals: directory, spool: join(directory, 'slow'), spoolLimitBytes },
    });
    assert.equal(await slow.post((serverId, seq) => `${serverId} ${seq}`), 'spooled');
    while (slow.state.spooledBytes > 0) await turn();
    await slow.close();
    assert.deepEqual(delivered, ['ad-4 1']);
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
    return channel.post((serverId, seq) => `${serverId} ${seq}`);
  }

  /** The time between two tries is over. */
  async function retry(): Promise<void> {
    for (const end of pauses.splice(0)) end();
    await turn();
  }

  function open(serverId: string, held = sends): NumberedChannel {
    const made = openChannel({
      ...{ send: held.send, serverId, journals: directory, spoolLimitBytes },
      spool: join(directory, serverId === 'ad-3' ? 'small' : 'spool'),
      pause: () => new Promise((end) => pauses.push(end)),
      rest: () => (rests === undefined ? Promise.resolve() : new Promise((end) => rests?.push(end))),
    });
    opened.push({ held, made });
    return made;
  }

  function account(): RunAccount {
    return parseJournal('ad-1', readFileSync(join(directory, 'ad-1.journal'), 'utf8'));
  }
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
