import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueId } from '../base/ids.ts';
import type { Change, MessageState } from './change.ts';
import {
  plain,
  strange,
  visibleAt,
  addedAt,
  moved,
  removed,
  purged,
  written,
  counted,
  line,
  ordersOf,
  empty,
  NOW_MS,
  QUEUE,
  OTHER,
  WAITING,
  LEASED,
} from './contract.facts.ts';
import { lanes, remembered } from './contract.fifo.ts';
import { Stores, type Disk } from './contract.stores.ts';
import type { PageQuery } from './queue-store.ts';

/** What every queue store does, over restarts too. `makeDisk` gives an empty disk. */
export function queueStoreContract(name: string, makeDisk: () => Promise<Disk>): void {
  const law = (sentence: string, body: (stores: Stores) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async () => {
      const disk = await makeDisk();
      const stores = new Stores(disk);
      try {
        await body(stores);
      } finally {
        await stores.close();
        await disk.remove();
      }
    });
  };

  law('a new store holds nothing, and each opening is a new run', async (stores) => {
    const first = await stores.opening();
    assert.deepEqual(first, { run: 1, lastDurableMs: 0, nextQueueId: 1, queues: [] });
    assert.equal((await stores.reopened()).run, 2);
  });

  law('a queue, its counters and the time of the last group outlive a restart', async (stores) => {
    const store = await stores.store();
    await store.commit([written(QUEUE, 'one'), written(OTHER, 'other')], NOW_MS);
    await store.commit([written(QUEUE, 'two'), counted(QUEUE, 5, 9)], NOW_MS + 1);
    const opening = await stores.reopened();
    assert.equal(opening.lastDurableMs, NOW_MS + 1);
    assert.equal(opening.nextQueueId, OTHER + 1);
    assert.deepEqual(opening.queues, [
      empty(QUEUE, { definition: 'two', messages: 5, nextOrder: 9 }),
      empty(OTHER, { definition: 'other' }),
    ]);
  });

  law('a message comes back as it was sent, whatever is in it', async (stores) => {
    const store = await stores.store();
    const messages = [strange(), plain('x'.repeat(300_000)), plain('')];
    const added = messages.map((message, index) => addedAt(index + 1, message));
    await store.commit([written(QUEUE, ''), ...added], NOW_MS);
    const expected = messages.map((message, index) => ({ order: index + 1, message, state: WAITING }));
    assert.deepEqual([...(await store.page(line())).messages], expected);
    await stores.reopened();
    const again = await stores.store();
    assert.deepEqual(await again.read(QUEUE, [3, 1, 4, 2]), [expected[2], expected[0], expected[1]]);
  });

  law('the line goes by the time of becoming visible, then by order, from after a place', async (stores) => {
    const store = await stores.store();
    const times = [3, 1, 2, 1, 5];
    const added = times.map((ms, index) => addedAt(index + 1, plain(), visibleAt(NOW_MS + ms)));
    await store.commit([written(QUEUE, ''), ...added], NOW_MS);
    const orders = async (query: Partial<PageQuery>) => {
      const page = await store.page(line(query));
      return [[...page.messages].map(({ order }) => order), page.nextVisibleAtMs];
    };
    assert.deepEqual(await orders({}), [[2, 4, 3, 1, 5], undefined]);
    assert.deepEqual(await orders({ limit: 2 }), [[2, 4], NOW_MS + 2]);
    assert.deepEqual(await orders({ after: { visibleAtMs: NOW_MS + 1, order: 2 } }), [
      [4, 3, 1, 5],
      undefined,
    ]);
    assert.deepEqual(await orders({ visibleBeforeMs: NOW_MS + 3 }), [[2, 4, 3], NOW_MS + 3]);
    assert.deepEqual(await orders({ visibleBeforeMs: NOW_MS }), [[], NOW_MS + 1]);
  });

  law('a page ends at its bytes, and its first message always comes', async (stores) => {
    const store = await stores.store();
    const added = [1, 2, 3].map((order) => addedAt(order, plain('x'.repeat(100))));
    await store.commit([written(QUEUE, ''), ...added], NOW_MS);
    const count = async (limitSizeBytes: number) =>
      (await store.page(line({ limitSizeBytes }))).messages.length;
    assert.deepEqual([await count(1), await count(200), await count(299), await count(300)], [1, 2, 2, 3]);
  });

  law('what is removed in a row takes nothing beside it along', async (stores) => {
    const store = await stores.store();
    const orders = Array.from({ length: 9 }, (_, index) => index + 1);
    const added = orders.map((order) => addedAt(order, plain()));
    await store.commit([written(QUEUE, ''), ...added], NOW_MS);
    await store.commit([2, 3, 4, 6, 7, 9, 8].map(removed), NOW_MS + 1);
    const left = await store.page(line({ visibleBeforeMs: NOW_MS + 2 }));
    assert.deepEqual(
      [...left.messages].map(({ order }) => order),
      [1, 5],
    );
  });

  law('a moved message stands elsewhere, and a removed one nowhere', async (stores) => {
    const store = await stores.store();
    await store.commit(
      [written(QUEUE, ''), addedAt(1, plain()), addedAt(2, plain()), addedAt(3, plain())],
      NOW_MS,
    );
    await store.commit([moved(1, LEASED), removed(2), removed(9), moved(9, LEASED)], NOW_MS + 1);
    const page = await store.page(line({ visibleBeforeMs: NOW_MS + 1 }));
    assert.deepEqual(
      [[...page.messages].map(({ order }) => order), page.nextVisibleAtMs],
      [[3], LEASED.visibleAtMs],
    );
    const [first, ...others] = await store.read(QUEUE, [1, 2]);
    assert.deepEqual([first?.state, others], [LEASED, []]);
  });

  law('leases and delays are named at the start; what waits is not', async (stores) => {
    const store = await stores.store();
    const delayed = visibleAt(NOW_MS + 10);
    const group = [
      addedAt(1, plain()),
      addedAt(2, plain(), delayed),
      addedAt(3, plain()),
      counted(QUEUE, 3, 4),
    ];
    await store.commit([written(QUEUE, ''), ...group], NOW_MS);
    const dispatched: MessageState = { ...LEASED, holder: 'dispatcher' };
    await store.commit([moved(3, dispatched)], NOW_MS + 1);
    const [queue] = (await stores.reopened()).queues;
    const lease = { order: 3, state: dispatched, sentAtMs: NOW_MS, lane: 0 };
    const delay = { order: 2, state: delayed, sentAtMs: NOW_MS, lane: 0 };
    const counters = { messages: 3, nextOrder: 4, oldestSentAtMs: NOW_MS, firstVisibleAtMs: NOW_MS };
    assert.deepEqual(queue, empty(QUEUE, { ...counters, leases: [lease], delayed: [delay] }));
    const later = await (await stores.store()).reload(QUEUE, LEASED.visibleAtMs);
    assert.deepEqual(later, empty(QUEUE, counters));
  });

  law('the oldest come first when messages are forgotten', async (stores) => {
    const store = await stores.store();
    const ages = [5, 1, 3];
    const added = ages.map((ms, index) => addedAt(index + 1, { ...plain(), sentAtMs: NOW_MS + ms }));
    await store.commit([written(QUEUE, ''), ...added], NOW_MS + 5);
    const some = await store.expired(QUEUE, NOW_MS + 5, 10);
    assert.deepEqual([some.places.map(({ order }) => order), some.nextSentAtMs], [[2, 3], NOW_MS + 5]);
    const one = await store.expired(QUEUE, NOW_MS + 9, 1);
    assert.deepEqual([one.places.map(({ order }) => order), one.nextSentAtMs], [[2], NOW_MS + 3]);
    assert.equal((await store.expired(QUEUE, NOW_MS + 9, 10)).nextSentAtMs, undefined);
  });

  law('a purge leaves what has a later place, in its group or after it', async (stores) => {
    const store = await stores.store();
    await store.commit([written(QUEUE, ''), addedAt(1, plain()), addedAt(2, plain())], NOW_MS);
    await store.commit([purged(1), addedAt(3, plain())], NOW_MS + 1);
    assert.deepEqual(await ordersOf(store), [2, 3]);
    await store.commit([purged(3), addedAt(4, plain())], NOW_MS + 2);
    await store.commit([addedAt(5, plain()), removed(4)], NOW_MS + 3);
    assert.deepEqual(await ordersOf(store), [5]);
    await stores.reopened();
    assert.deepEqual(await ordersOf(await stores.store()), [5]);
  });

  law(
    'a deleted queue is gone with all it held, and what is said of it later is not heard',
    async (stores) => {
      const store = await stores.store();
      await store.commit([written(QUEUE, ''), written(OTHER, ''), addedAt(1, plain())], NOW_MS);
      await store.commit([{ kind: 'queue-deleted', queue: QUEUE }], NOW_MS + 1);
      await store.commit(
        [addedAt(2, plain()), moved(1, LEASED), removed(1), counted(QUEUE, 1, 2)],
        NOW_MS + 2,
      );
      assert.equal(await store.reload(QUEUE, NOW_MS), undefined);
      assert.deepEqual(await ordersOf(store), []);
      assert.deepEqual(await store.read(QUEUE, [1, 2]), []);
      const opening = await stores.reopened();
      assert.deepEqual([opening.queues.map(({ queue }) => queue), opening.nextQueueId], [[OTHER], OTHER + 1]);
    },
  );

  lanes(law);
  remembered(law);

  law('thousands of queues hold their messages, lose them to a purge, and come back', async (stores) => {
    const store = await stores.store();
    const queues = Array.from({ length: 1100 }, (_, index) => (index + 1) as QueueId);
    const added = queues.map((queue): Change => ({ ...addedAt(1, { ...plain(), groupId: 'g' }), queue }));
    await store.commit([...queues.map((queue) => written(queue, '')), ...added], NOW_MS);
    const purges = queues.map((queue): Change => ({ ...purged(1), queue }));
    const later = queues.map((queue): Change => ({ ...addedAt(2, plain(String(queue))), queue }));
    await store.commit([...purges, ...later], NOW_MS + 1);
    const last = queues.at(-1) ?? QUEUE;
    const { messages } = await store.page(line({ queue: last }));
    assert.deepEqual(
      [...messages].map(({ order, message }) => [order, message.body]),
      [[2, String(last)]],
    );
    assert.equal((await stores.reopened()).queues.length, queues.length);
  });

  law('queues with the same places are kept apart', async (stores) => {
    const store = await stores.store();
    const elsewhere: Change = { ...addedAt(1, plain('other')), queue: OTHER };
    await store.commit(
      [written(QUEUE, ''), written(OTHER, ''), addedAt(1, plain('mine')), elsewhere],
      NOW_MS,
    );
    await store.commit([removed(1)], NOW_MS + 1);
    const page = await store.page(line({ queue: OTHER }));
    assert.deepEqual(
      [...page.messages].map(({ message }) => message.body),
      ['other'],
    );
  });
}
