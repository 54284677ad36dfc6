import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../base/manual-clock.ts';
import { SeededRandom } from '../base/random.ts';
import type { Delivery } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { MemoryDisk } from '../store/memory/memory-store.ts';
import { bodies, create, named, passed, receive, Stage, turns, TINY } from './fixture/stage.ts';

/** Room for two short messages: nearly everything goes through the store. */
const [Q, DEAD] = [named('q.fifo'), named('dead.fifo')];
const GROUPS = ['a', 'b', 'c'];
const PLACES = 8;
const VISIBILITY_MS = 20;

/** What clients were told at the moment of a crash, and the disk that the crash left. */
interface Crash {
  readonly disk: MemoryDisk;
  readonly nowMs: number;
  readonly sent: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
  readonly settled: ReadonlySet<string>;
  /** Groups of which somebody holds a message whose lease has not ended. */
  readonly held: ReadonlySet<string>;
}

/** How a campaign goes. */
interface Campaign {
  readonly seed: number;
  readonly fullShare: number;
  readonly hasDeadLetters: boolean;
}

class Work {
  readonly sent = new Set<string>();
  readonly begun = new Set<string>();
  readonly settled = new Set<string>();
  readonly crashes: Crash[] = [];
  /** When the leases of messages in somebody's hands end, at the earliest. */
  readonly #held = new Map<string, number>();
  readonly #stage: Awaited<ReturnType<typeof Stage.open>>;
  readonly #random: SeededRandom;
  readonly #campaign: Campaign;
  #isOver = false;

  constructor(stage: Awaited<ReturnType<typeof Stage.open>>, campaign: Campaign) {
    this.#stage = stage;
    this.#campaign = campaign;
    this.#random = new SeededRandom(campaign.seed);
  }

  async run(): Promise<readonly Crash[]> {
    const { broker, store, clock } = this.#stage;
    const fifo = { contentBasedDeduplication: true };
    await create(broker, DEAD.name, { fifo });
    const redrive = { redrive: { deadLetterQueue: DEAD, maxReceiveCount: 2 } };
    await create(broker, Q.name, {
      visibilityMs: VISIBILITY_MS,
      fifo,
      ...(this.#campaign.hasDeadLetters && redrive),
    });
    store.faults.slow = async () => {
      await turns(Math.floor(this.#chance() * 4));
      store.faults.full = this.#chance() < this.#campaign.fullShare;
    };
    const producers = GROUPS.map((group) => this.#produce(group));
    const consumers = [this.#consume(), this.#consume()];
    for (let step = 0; step < 80; step += 1) {
      await turns(Math.floor(this.#chance() * 3));
      if (this.#chance() < 0.5) clock.advance(Math.floor(this.#chance() * 12));
      if (this.#chance() < 0.08) this.#crash();
    }
    this.#isOver = true;
    await Promise.all([...producers, ...consumers]);
    this.#crash();
    return this.crashes;
  }

  /** One message after the other; each is sent until it is accepted, sometimes once more. */
  async #produce(group: string): Promise<void> {
    for (let place = 0; place < PLACES && !this.#isOver; place += 1) {
      const entry = { body: `${group}${place}`, attributes: {}, senderId: 's', groupId: group };
      for (let isSent = false; !isSent && !this.#isOver;) {
        const tries = this.#chance() < 0.3 ? 2 : 1;
        const answers = await Promise.all(
          Array.from({ length: tries }, () => this.#stage.broker.send(Q, [entry])),
        );
        isSent = answers.some(({ ok }) => ok);
        await turns(1);
      }
      this.sent.add(entry.body);
      if (this.#isOver) this.sent.delete(entry.body);
    }
  }

  async #consume(): Promise<void> {
    while (!this.#isOver) {
      await turns(1 + Math.floor(this.#chance() * 3));
      const endMs = this.#stage.clock.nowMs() + VISIBILITY_MS;
      const answer = await this.#stage.broker.receive(Q, { maximum: 3, waitMs: 0, holder: 'client' });
      if (!answer.ok) continue;
      this.#checkOrder(answer.value);
      for (const { message } of answer.value) this.#held.set(message.body, endMs);
      const done = answer.value.filter(() => this.#chance() < 0.6);
      for (const { message } of done) {
        this.begun.add(message.body);
        this.#held.delete(message.body);
      }
      const receipts = done.map(({ receipt }) => receipt);
      const outcomes = await this.#stage.broker.settle(Q, receipts);
      if (!outcomes.ok) continue;
      done.forEach(({ message }, index) => {
        if (outcomes.value[index] === 'settled') this.settled.add(message.body);
      });
    }
  }

  /** Nobody gets a message while an earlier one of its group is there; dead letters leave the order. */
  #checkOrder(taken: readonly Delivery[]): void {
    if (this.#campaign.hasDeadLetters) return;
    const together = bodies(taken);
    for (const body of together) {
      for (let place = 0; place < Number(body.slice(1)); place += 1) {
        const before = `${body.charAt(0)}${place}`;
        assert.ok(this.begun.has(before) || together.includes(before), `${body} came before ${before}`);
      }
    }
  }

  #crash(): void {
    const { disk, clock } = this.#stage;
    const told = { sent: new Set(this.sent), begun: new Set(this.begun), settled: new Set(this.settled) };
    const nowMs = clock.nowMs();
    const held = new Set(
      [...this.#held].filter(([, endMs]) => endMs > nowMs).map(([body]) => body.charAt(0)),
    );
    this.crashes.push({ disk: disk.snapshot(), nowMs, held, ...told });
  }

  #chance(): number {
    return this.#random.fraction();
  }
}

/** All that a queue offers when it is received and settled to its end. */
async function drained(stage: Awaited<ReturnType<typeof Stage.open>>, queue: QueueKey): Promise<string[]> {
  const all: string[] = [];
  await passed(stage.clock, 10_000);
  for (let empty = 0; empty < 3;) {
    await passed(stage.clock, 1);
    const taken = await receive(stage.broker, queue, { visibilityMs: 1_000_000 });
    all.push(...bodies(taken));
    const receipts = taken.map(({ receipt }) => receipt);
    assert.ok((await stage.broker.settle(queue, receipts)).ok);
    empty = taken.length === 0 ? empty + 1 : 0;
  }
  const described = stage.broker.describe(queue);
  assert.ok(described.ok);
  assert.deepEqual([described.value.visibleCount, described.value.inFlightCount], [0, 0]);
  return all;
}

async function check(crash: Crash): Promise<void> {
  const stage = await Stage.open(crash.disk, new ManualClock(crash.nowMs), TINY);
  for (const body of bodies(await receive(stage.broker, Q, { visibilityMs: 0 })))
    assert.ok(!crash.held.has(body.charAt(0)), `${body} was given away while its group is out`);
  // What a client was answered it may send again: within five minutes that changes nothing.
  for (const body of crash.sent) {
    const entry = { body, attributes: {}, senderId: 's', groupId: body.charAt(0) };
    assert.ok((await stage.broker.send(Q, [entry])).ok);
  }
  const kept = await drained(stage, Q);
  for (const group of GROUPS) {
    const ofGroup = kept.filter((body) => body.startsWith(group));
    assert.deepEqual(ofGroup, ofGroup.toSorted(), 'in order');
  }
  const all = [...kept, ...(await drained(stage, DEAD))];
  assert.equal(new Set(all).size, all.length, `nothing is held twice: ${all.join()}`);
  // A receipt that comes when its message is a dead letter already names nothing any more: deleting is a success.
  for (const body of crash.settled) assert.ok(!kept.includes(body), `${body} came back`);
  for (const body of crash.sent) assert.ok(all.includes(body) || crash.begun.has(body), `${body} is lost`);
}

async function holds(campaign: Omit<Campaign, 'seed'>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const stage = await Stage.open(undefined, undefined, TINY);
      for (const crash of await new Work(stage, { seed, ...campaign }).run()) await check(crash);
    }),
    { numRuns: 25 },
  );
}

test('whenever it crashes: a FIFO queue is in order, holds what was acknowledged once, and knows what is sent again', async () => {
  await holds({ fullShare: 0, hasDeadLetters: false });
});

test('the same holds while the disk is full again and again', async () => {
  await holds({ fullShare: 0.3, hasDeadLetters: false });
});

test('the same holds when what is received too often goes to a dead-letter queue: it is in one of the two', async () => {
  await holds({ fullShare: 0, hasDeadLetters: true });
  await holds({ fullShare: 0.2, hasDeadLetters: true });
});
