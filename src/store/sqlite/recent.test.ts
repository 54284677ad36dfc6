import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QueueId } from '../../base/ids.ts';
import { SeededRandom } from '../../base/random.ts';
import type { Change } from '../change.ts';
import {
  addedAt,
  counted,
  LEASED,
  line,
  moved,
  NOW_MS,
  OTHER,
  ordersOf,
  plain,
  purged,
  QUEUE,
  removed,
  visibleAt,
  written,
} from '../contract.facts.ts';
import { MemoryStore } from '../memory/memory-store.ts';
import type { QueueStore } from '../queue-store.ts';
import { copyDatabase } from './backup.ts';
import { BUNDLE_SIZES, type BundleSizes } from './bundle-cutter.ts';
import { Killable } from './fixtures/killable.ts';

/** Every message is to have rows of its own: no run has so few. */
const NO_BUNDLES: BundleSizes = { fewest: 2, most: 1 };

test('a message that is removed soon never gets a row of its own', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  await store.commit([written(QUEUE, ''), addedAt(1, plain()), addedAt(2, plain())], NOW_MS);
  await store.commit([removed(1)], NOW_MS + 1);
  assert.deepEqual([disk.rows('message'), disk.kept], [0, 2]);
  assert.deepEqual(await ordersOf(store), [2]);
  assert.deepEqual([disk.rows('message'), disk.rows('standing'), disk.kept], [1, 1, 0]);
});

test('what was added, moved, removed and purged lately outlives a kill', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  const many = Array.from({ length: 20 }, (_, index) => addedAt(index + 1, plain(`body ${index + 1}`)));
  await store.commit([written(QUEUE, ''), ...many], NOW_MS);
  await store.commit([purged(15), addedAt(21, plain('later'))], NOW_MS + 1);
  await store.commit([removed(17), moved(18, LEASED), moved(19, visibleAt(NOW_MS + 5))], NOW_MS + 2);
  const again = await disk.kill();
  const { messages } = await again.page(line());
  assert.deepEqual(
    [...messages].map(({ order, message, state }) => [order, message.body, state.visibleAtMs - NOW_MS]),
    [
      [16, 'body 16', 0],
      [20, 'body 20', 0],
      [21, 'later', 0],
      [19, 'body 19', 5],
      [18, 'body 18', 30_000],
    ],
  );
  assert.deepEqual((await again.reload(QUEUE, NOW_MS))?.leases, [
    { order: 18, state: LEASED, sentAtMs: NOW_MS, lane: 0 },
  ]);
});

test('a long message goes to its row at once, and those before it with it', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  await store.commit([written(QUEUE, ''), addedAt(1, plain())], NOW_MS);
  assert.equal(disk.rows('message'), 0);
  await store.commit([addedAt(2, plain('x'.repeat(20_000)))], NOW_MS + 1);
  assert.deepEqual([disk.rows('message'), disk.kept], [2, 0]);
});

test('when many groups are kept, the oldest make room', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  await store.commit([written(QUEUE, '')], NOW_MS);
  for (let order = 1; order <= 2000; order += 100) {
    const group = Array.from({ length: 100 }, (_, index) => addedAt(order + index, plain('x'.repeat(800))));
    await store.commit(group, NOW_MS + order);
  }
  const [kept, inRows] = [disk.kept, disk.resting];
  assert.ok(kept > 0 && kept < 10, `${kept} groups are kept`);
  assert.equal(inRows, (20 - kept) * 100);
  assert.equal((await store.page(line({ limit: 3000 }))).messages.length, 2000);
});

test('on a full disk messages are removed, also those that were added last', async (context) => {
  const settings = { maximumPages: 60 };
  const disk = new Killable(context);
  const store = await disk.open(settings);
  await store.commit([written(QUEUE, '')], NOW_MS);
  let last = 0;
  for (let atMs = NOW_MS; ; atMs += 1) {
    const group = Array.from({ length: 20 }, (_, index) => addedAt(last + index + 1, plain()));
    if ((await store.commit(group, atMs)) === 'disk-full') break;
    last += 20;
  }
  assert.ok(last > 100, `${last} messages found room`);
  for (let order = 1; order <= last; order += 2)
    assert.equal(await store.commit([removed(order)], NOW_MS + 10_000 + order), 'committed');
  const left = [...(await store.page(line({ limit: 10_000 }))).messages].map(({ order }) => order);
  assert.deepEqual(
    left,
    Array.from({ length: last / 2 }, (_, index) => index * 2 + 2),
  );
});

test('on a full disk a queue is read again at once, with what was added last', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open({ maximumPages: 60, bundles: NO_BUNDLES });
  await store.commit([written(QUEUE, '')], NOW_MS);
  let last = 0;
  // So many fill their block: their rows need more room than it has.
  for (let atMs = NOW_MS; ; atMs += 1) {
    const group = Array.from({ length: 24 }, (_, index) => addedAt(last + index + 1, plain()));
    if ((await store.commit([...group, counted(QUEUE, last + 24, last + 25)], atMs)) === 'disk-full') break;
    last += 24;
  }
  assert.equal(await store.commit([moved(last, LEASED)], NOW_MS + 10_000), 'committed');
  assert.ok(disk.kept > 0);
  const again = await store.reload(QUEUE, NOW_MS);
  assert.deepEqual(again?.leases, [{ order: last, state: LEASED, sentAtMs: NOW_MS, lane: 0 }]);
  assert.equal(again.messages, last);
  assert.ok(disk.kept > 0, 'nothing was written for it');
  for (let order = 1; order < last; order += 1)
    assert.equal(await store.commit([removed(order)], NOW_MS + 20_000 + order), 'committed');
  assert.deepEqual(await ordersOf(store), [last]);
});

test('time and counts of groups that are kept stand in no row, outlive a kill, and are there when a queue is read', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  await store.commit([written(QUEUE, ''), addedAt(1, plain()), counted(QUEUE, 1, 2)], NOW_MS);
  await store.commit([addedAt(2, plain()), counted(QUEUE, 2, 3)], NOW_MS + 5);
  assert.equal(disk.ask('SELECT durable_at_ms + (SELECT messages FROM queue) AS answer FROM platform'), 0);
  await disk.kill();
  const [before] = disk.opening.queues;
  assert.deepEqual([disk.opening.lastDurableMs, before?.messages, before?.nextOrder], [NOW_MS + 5, 2, 3]);
  const again = await disk.kill();
  assert.equal(disk.opening.lastDurableMs, NOW_MS + 5, 'it does not go back');
  await again.commit([removed(2), counted(QUEUE, 1, 3)], NOW_MS + 7);
  assert.equal((await again.reload(QUEUE, NOW_MS))?.messages, 1);
  assert.equal(disk.ask('SELECT durable_at_ms AS answer FROM platform'), NOW_MS + 7);
});

test('a count that a group brought which has left is not forgotten, nor put in the place of a later one', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  const first = [written(QUEUE, ''), addedAt(1, plain()), counted(QUEUE, 1, 2), written(OTHER, '')];
  await store.commit([...first, counted(OTHER, 3, 9)], NOW_MS);
  for (let each = 2; each <= 400; each += 1)
    await store.commit([addedAt(each, plain()), counted(QUEUE, each, each + 1)], NOW_MS + each);
  assert.ok(disk.kept < 400);
  await store.commit([removed(400), counted(QUEUE, 399, 401)], NOW_MS + 500);
  await disk.kill();
  const counts = disk.opening.queues.map(({ messages, nextOrder }) => [messages, nextOrder]);
  assert.deepEqual(
    [disk.opening.lastDurableMs, counts],
    [
      NOW_MS + 500,
      [
        [399, 401],
        [3, 9],
      ],
    ],
  );
});

test('a copy counts what groups say that are kept', async (context) => {
  const disk = new Killable(context);
  const store = await disk.open();
  await store.commit([written(QUEUE, ''), addedAt(1, plain()), counted(QUEUE, 1, 2)], NOW_MS);
  assert.equal(disk.kept, 1);
  const target = `${disk.path}-copy`;
  assert.deepEqual(await copyDatabase(disk.path, target), { ok: true, value: { queues: 1, messages: 1 } });
});

type Said =
  | { readonly kind: 'add'; readonly queue: QueueId; readonly count: number; readonly bytes: number }
  | { readonly kind: 'move' | 'remove' | 'purge'; readonly queue: QueueId; readonly which: number }
  | { readonly kind: 'delete'; readonly queue: QueueId };
type Step = Said | { readonly kind: 'commit' | 'read' | 'kill' };

const queue = fc.constantFrom(QUEUE, OTHER);
const which = fc.nat(1000);
const steps = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 6,
      arbitrary: fc.record({
        ...{ kind: fc.constant('add' as const), queue, count: fc.integer({ min: 1, max: 12 }) },
        bytes: fc.constantFrom(10, 200, 1500, 9000),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constantFrom('move' as const, 'remove' as const), queue, which }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), queue, which }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), queue }) },
    { weight: 6, arbitrary: fc.constant({ kind: 'commit' as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'read' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
  ),
  { maxLength: 60 },
);

/** Writes the changes of steps; each queue counts its places. */
class Scribe {
  #group: Change[] = [];
  readonly #next = new Map<QueueId, number>();
  readonly #there = new Set<QueueId>();

  note(step: Said): void {
    const { queue: of } = step;
    const next = this.#next.get(of) ?? 1;
    const into = (change: Change): void => void this.#group.push({ ...change, queue: of });
    if (!this.#there.has(of)) {
      into(written(of, `${of}`));
      this.#there.add(of);
    }
    if (step.kind === 'delete') {
      into({ kind: 'queue-deleted', queue: of });
      this.#there.delete(of);
    } else if (step.kind === 'add') {
      for (let each = 0; each < step.count; each += 1)
        into(addedAt(next + each, plain('x'.repeat(step.bytes))));
      this.#next.set(of, next + step.count);
      into(counted(of, step.bytes, next + step.count));
    } else if (step.kind === 'purge') into(purged(next - 1));
    else if (next > 1) {
      const order = (step.which % (next - 1)) + 1;
      into(step.kind === 'move' ? moved(order, visibleAt(NOW_MS + step.which)) : removed(order));
    }
  }

  take(): Change[] {
    const group = this.#group;
    this.#group = [];
    return group;
  }
}

async function seen(store: QueueStore): Promise<unknown> {
  const pages = await Promise.all([QUEUE, OTHER].map((of) => store.page(line({ queue: of, limit: 10_000 }))));
  const known = await Promise.all([QUEUE, OTHER].map((of) => store.reload(of, NOW_MS)));
  const counts = known.map((one) => [one?.messages, one?.nextOrder]);
  const places = pages.map(({ messages }) =>
    [...messages].map(({ order, state, message }) => [order, state.visibleAtMs, message.body.length]),
  );
  return { places, counts };
}

const sizes = fc.constantFrom<BundleSizes[]>(BUNDLE_SIZES, { fewest: 1, most: 3 }, NO_BUNDLES);

test('whatever is added, moved, removed, purged and killed, the store holds what the store in memory holds', async (context) => {
  await fc.assert(
    fc.asyncProperty(steps, sizes, async (all, bundles) => {
      const disk = new Killable(context);
      const memory = new MemoryStore();
      await memory.open(NOW_MS);
      let store = await disk.open({ bundles });
      const scribe = new Scribe();
      let atMs = NOW_MS;
      const commit = async (): Promise<void> => {
        const group = scribe.take();
        atMs += 1;
        await Promise.all([store.commit(group, atMs), memory.commit(group, atMs)]);
      };
      for (const step of all) {
        if (step.kind === 'commit') await commit();
        else if (step.kind === 'read') assert.deepEqual(await seen(store), await seen(memory));
        else if (step.kind === 'kill') store = await disk.kill();
        else scribe.note(step as Said);
      }
      await commit();
      store = await disk.kill();
      assert.deepEqual(await seen(store), await seen(memory));
    }),
    { numRuns: 12 },
  );
});

test('whatever the sizes of groups, blocks are written over in turn and none before its group has left', async (context) => {
  const random = new SeededRandom(5);
  const upTo = (most: number): number => 1 + Math.floor(random.fraction() * most);
  const disk = new Killable(context);
  const memory = new MemoryStore();
  await memory.open(NOW_MS);
  let store = await disk.open();
  const scribe = new Scribe();
  for (let group = 1; group <= 900; group += 1) {
    scribe.note({ kind: 'add', queue: QUEUE, count: upTo(group % 50 === 0 ? 200 : 12), bytes: upTo(700) });
    for (let each = upTo(14); each > 0; each -= 1)
      scribe.note({ kind: 'remove', queue: QUEUE, which: upTo(2 ** 30) });
    scribe.note({ kind: 'move', queue: QUEUE, which: upTo(1e6) });
    const changes = scribe.take();
    await Promise.all([store.commit(changes, NOW_MS + group), memory.commit(changes, NOW_MS + group)]);
    if (group % 260 !== 0) continue;
    assert.ok(disk.kept > 20, `${disk.kept} groups are kept`);
    store = await disk.kill();
    assert.equal(disk.opening.lastDurableMs, NOW_MS + group);
    if (group % 520 === 0) assert.deepEqual(await seen(store), await seen(memory));
  }
  assert.ok(disk.rows('recent_block') <= 192);
  store = await disk.kill();
  assert.deepEqual(await seen(store), await seen(memory));
});
