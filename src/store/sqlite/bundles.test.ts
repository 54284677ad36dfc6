import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../base/random.ts';
import type { Message } from '../../message/message.ts';
import { laneKeyOf } from '../../message/lane-key.ts';
import type { Change, MessageState } from '../change.ts';
import {
  addedAt,
  counted,
  LEASED,
  line,
  moved,
  NOW_MS,
  plain,
  purged,
  QUEUE,
  removed,
  visibleAt,
  written,
} from '../contract.facts.ts';
import { MemoryQueue } from '../memory/memory-queue.ts';
import type { LanePageQuery, Page } from '../queue-store.ts';
import type { BundleSizes } from './bundle-cutter.ts';
import { Tables } from './fixtures/tables.ts';

/** Places that random runs come to at most. */
const LANES = ['a', 'b', 'c', 'd'];

/** No run of messages has so few. */
const NO_BUNDLES: BundleSizes = { fewest: 2, most: 1 };

/** One queue in tables and in memory, which are to answer alike whatever becomes of it. */
class Both implements Disposable {
  readonly #tables: Tables;
  readonly #memory = new MemoryQueue('');
  /** Pages of lanes end where they may: those of messages that all have rows of their own tell where. */
  readonly #single = new Tables(NO_BUNDLES);
  readonly #random: SeededRandom;
  #nowMs = NOW_MS;
  #next = 1;
  /** The most bundles that were seen at a time. */
  mostBundles = 0;

  constructor(seed: number, sizes: BundleSizes) {
    this.#random = new SeededRandom(seed);
    this.#tables = new Tables(sizes);
    for (const tables of [this.#tables, this.#single]) tables.commit([written(QUEUE, '')]);
  }

  [Symbol.dispose](): void {
    for (const tables of [this.#tables, this.#single]) tables[Symbol.dispose]();
  }

  step(): void {
    const chance = this.#upTo(20);
    if (chance < 14) return this.#commit(chance === 13);
    if (chance === 14) return this.#tables.reopen();
    if (chance === 15) return this.#tables.tryInVain();
    if (chance === 16) return this.#tables.sweep();
    this.compare();
  }

  /** Asks both anything. */
  compare(): void {
    this.#compareLines();
    this.#compareLanes();
    const [sentBeforeMs, limit] = [this.#aTime(), this.#upTo(30)];
    const orders = Array.from({ length: 5 }, () => 1 + this.#upTo(this.#next));
    const stored = orders.map((order) => this.#memory.stored.get(order)).filter((each) => each !== undefined);
    assert.deepEqual(this.#tables.read(orders), stored);
    const oldest = [...this.#memory.stored.values()]
      .map(({ message, ...place }) => ({
        ...place,
        sentAtMs: message.sentAtMs,
        lane: laneKeyOf(message.groupId),
      }))
      .sort((one, other) => one.sentAtMs - other.sentAtMs || one.order - other.order);
    const places = oldest.filter(({ sentAtMs }) => sentAtMs < sentBeforeMs).slice(0, limit);
    const nextSentAtMs = oldest[places.length]?.sentAtMs;
    assert.deepEqual(this.#tables.expired(sentBeforeMs, limit), { places, nextSentAtMs });
    this.#compareFacts();
    this.mostBundles = Math.max(this.mostBundles, this.#tables.rows('bundle'));
    assert.equal(this.#tables.rows('bundle') <= this.#tables.rows('bundle_content'), true);
  }

  #compareLines(): void {
    for (const after of [
      { visibleAtMs: 0, order: 0 },
      { visibleAtMs: this.#aTime(), order: this.#upTo(this.#next) },
    ]) {
      const limits = {
        limit: 1 + this.#upTo(40),
        limitSizeBytes: this.#upTo(3) === 0 ? this.#upTo(3000) : 1e9,
      };
      const query = line({
        after,
        ...limits,
        visibleBeforeMs: this.#upTo(2) === 0 ? this.#aTime() : Infinity,
      });
      assert.deepEqual(unpacked(this.#tables.page(query)), unpacked(this.#memory.page(query)));
    }
  }

  #compareLanes(): void {
    const lanes = LANES.slice(this.#upTo(5)).map((each) => ({
      lane: laneKeyOf(each),
      fromOrder: this.#upTo(this.#next),
    }));
    const query: LanePageQuery = {
      ...{ queue: QUEUE, lanes, throughOrder: this.#upTo(this.#next) },
      afterOrder: this.#upTo(4) === 0 ? undefined : this.#upTo(this.#next),
      without: lanes.map(({ lane }) => lane),
      ...{ visibleBeforeMs: this.#aTime(), delayMs: this.#upTo(2) === 0 ? undefined : this.#upTo(50) },
      ...{ lookCount: 1 + this.#upTo(60), perLane: 1 + this.#upTo(20), limit: 1 + this.#upTo(40) },
      limitSizeBytes: this.#upTo(3) === 0 ? this.#upTo(3000) : 1e9,
    };
    const [mine, theirs] = [this.#tables.lanePage(query), this.#single.lanePage(query)];
    assert.deepEqual(
      { ...mine, messages: [...mine.messages] },
      { ...theirs, messages: [...theirs.messages] },
    );
  }

  /** Times that nothing was before may be earlier than they need be. */
  #compareFacts(): void {
    const nowMs = this.#aTime();
    const [mine, theirs] = [this.#tables.opening(nowMs), this.#memory.opening(QUEUE, nowMs)];
    assert.ok(mine !== undefined);
    const inOrder = (place: { readonly order: number }, other: { readonly order: number }): number =>
      place.order - other.order;
    const facts = ({ leases, delayed, messages, nextOrder }: typeof theirs) => [
      leases.toSorted(inOrder),
      delayed,
      messages,
      nextOrder,
    ];
    assert.deepEqual(facts(mine), facts(theirs));
    for (const which of ['oldestSentAtMs', 'firstVisibleAtMs'] as const) {
      assert.equal(mine[which] === undefined, theirs[which] === undefined);
      assert.ok((mine[which] ?? 0) <= (theirs[which] ?? 0));
    }
    if (theirs.hasLanes) assert.ok(mine.hasLanes);
  }

  #commit(inLittleRoom: boolean): void {
    this.#nowMs += this.#upTo(this.#upTo(8) === 0 ? 2000 : 20);
    const group: Change[] = [];
    for (let each = this.#upTo(3); each > 0; each -= 1) group.push(...this.#sends());
    for (let each = this.#upTo(4); each > 0; each -= 1) group.push(...this.#touches());
    if (this.#upTo(25) === 0) group.push(purged(this.#next - 1 - this.#upTo(this.#upTo(2) * 200)));
    group.push(counted(QUEUE, group.length, this.#next));
    this.#tables.commit(group, inLittleRoom);
    this.#single.commit(group);
    for (const change of group) if (change.kind !== 'queue-deleted') this.#memory.apply(change);
  }

  #sends(): Change[] {
    const isFair = this.#upTo(2) === 0;
    const delayMs = this.#upTo(3) === 0 ? this.#upTo(3000) : 0;
    return Array.from({ length: this.#upTo(30) }, () => {
      this.#next += this.#upTo(12) === 0 ? 1 + this.#upTo(5) : 1;
      const groupId = isFair ? (LANES[this.#upTo(5)] ?? undefined) : undefined;
      const sentAtMs = this.#upTo(20) === 0 ? NOW_MS - this.#upTo(5000) : this.#nowMs;
      const body = 'x'.repeat(this.#upTo(60) === 0 ? 6000 : this.#upTo(120));
      const message: Message = {
        ...plain(`${this.#next} ${body}`),
        sentAtMs,
        ...(groupId !== undefined && { groupId }),
      };
      const state = visibleAt(this.#nowMs + (this.#upTo(10) === 0 ? this.#upTo(900) : delayMs));
      return addedAt(this.#next - 1, message, this.#upTo(40) === 0 ? this.#touched() : state);
    });
  }

  /** What becomes of some messages that follow each other, or of one. */
  #touches(): Change[] {
    const from = 1 + this.#upTo(this.#next);
    const count = this.#upTo(3) === 0 ? this.#upTo(70) : 1;
    const some = Array.from({ length: Math.min(count, this.#next - from) }, (_, index) => from + index);
    const isMoved = this.#upTo(3) === 0;
    return some.map((order) => (isMoved ? moved(order, this.#touched()) : removed(order)));
  }

  #touched(): MessageState {
    return this.#upTo(2) === 0
      ? { ...LEASED, visibleAtMs: this.#nowMs + this.#upTo(3000) }
      : { ...visibleAt(this.#aTime()), receiveCount: this.#upTo(2) };
  }

  #aTime(): number {
    return NOW_MS - 100 + this.#upTo(this.#nowMs - NOW_MS + 4000);
  }

  #upTo(bound: number): number {
    return Math.floor(this.#random.fraction() * bound);
  }
}

for (const sizes of [
  { fewest: 1, most: 3 },
  { fewest: 2, most: 9 },
  { fewest: 4, most: 64 },
]) {
  test(`whatever becomes of messages, bundles of ${sizes.fewest} to ${sizes.most} answer as memory does`, () => {
    let mostBundles = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      using both = new Both(seed, sizes);
      try {
        for (let step = 0; step < 60; step += 1) both.step();
        both.compare();
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
      mostBundles = Math.max(mostBundles, both.mostBundles);
    }
    assert.ok(mostBundles > 3, `${mostBundles} bundles`);
  });
}

/** What a page says, whatever it takes in memory. */
function unpacked({ messages, nextVisibleAtMs }: Page): object {
  return { messages: [...messages], nextVisibleAtMs };
}
