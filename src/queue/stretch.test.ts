import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FifoWorld } from './fixture/fifo-world.ts';
import { WINDOW } from './window.ts';

/** So many messages of each of some groups, in turns, that rest in the store after a start; a page of them has come. */
function started(groups: number, each: number, pageCount: number): FifoWorld {
  const world = new FifoWorld({}, { ...WINDOW, pageCount });
  for (let number = 0; number < groups * each; number += 1)
    world.send(`group-${number % groups}`, `id-${number}`, 10);
  return restarted(world);
}

/** All that waits rests in the store after a start; a page of it has come. */
function restarted(world: FifoWorld): FifoWorld {
  world.flush();
  world.crash();
  world.wake();
  world.load();
  world.arrive();
  return world;
}

test('of a page of lanes nothing enters the window before it is received', () => {
  const world = started(5, 4, 100);
  const { state } = world;
  assert.deepEqual([state.entries.size, state.fifo?.lanes.readyCount, state.hasReady], [0, 5, true]);
  assert.ok(state.memoryBytes > 0, 'it counts as memory');
  assert.deepEqual(world.receive(3, 30_000), [1, 6, 11]);
  assert.equal(state.entries.size, 3);
  assert.deepEqual(world.receive(10, 30_000).length, 10);
});

test('what is left of a page enters when three later ones have come', () => {
  const world = started(8, 1, 2);
  const entered = [2, 3, 4, 5].map(() => {
    const { size } = world.state.entries;
    world.arrive();
    return size;
  });
  assert.deepEqual([...entered, world.state.entries.size], [0, 0, 0, 1, 2]);
  assert.equal(world.state.fifo?.lanes.arrived.count, 3);
});

test('a page is let go when nothing of it is left, and when the queue is purged', () => {
  const world = started(4, 2, 100);
  const arrived = world.state.fifo?.lanes.arrived;
  assert.equal(arrived?.count, 1);
  for (const order of world.receive(10, 30_000)) world.settleReceipt(order, 1);
  assert.deepEqual([arrived.count, arrived.sizeBytes, world.state.messages], [0, 0, 0]);
  const purged = started(4, 2, 100);
  purged.purge();
  assert.equal(purged.state.memoryBytes, 0);
});

test('a delay of the queue counts for what a page has brought, too', () => {
  const world = started(3, 2, 100);
  world.delay(5000);
  assert.equal(world.state.hasReady, false);
  assert.deepEqual(world.receive(10, 30_000), []);
  world.advance(5000);
  assert.equal(world.receive(10, 30_000).length, 6);
});

test('what stands in front of a page that has come, and cannot wait in the window, brings all behind it to rest', () => {
  const world = started(1, 6, 100);
  world.mostHeldBytes = 1;
  const [first = 0] = world.receive(1, 1000);
  world.advance(1000);
  assert.equal(world.state.entries.has(first), false, 'it rests');
  assert.equal(world.state.fifo?.lanes.arrived.count, 0);
  const orders: number[] = [];
  for (let count = 0; orders.length < 6; count += 1) {
    assert.ok(count < 50);
    for (const order of world.receive(1, 30_000)) {
      orders.push(order);
      world.settleReceipt(order, world.truthOf(order).receiveCount);
    }
    world.goOn();
  }
  assert.deepEqual(orders, [1, 2, 3, 4, 5, 6]);
});

test('what shows again behind a page that has come does not overtake it', () => {
  const world = new FifoWorld();
  for (const id of ['one', 'two']) world.send('group', id, 10);
  world.flush();
  assert.deepEqual(world.receive(2, 1000), [1, 2]);
  world.extend(1, 60_000, false);
  world.mostHeldBytes = 1;
  world.advance(1000);
  assert.deepEqual([...world.state.entries.keys()], [2], 'the first rests, the second is out');
  world.mostHeldBytes = Infinity;
  world.flush();
  world.tick();
  world.arrive();
  assert.equal(world.state.fifo?.lanes.arrived.count, 1);
  world.extend(0, 0, false);
  const orders: number[] = [];
  while (orders.length === 0) {
    orders.push(...world.receive(1, 60_000));
    assert.ok(orders.length > 0 || world.goOn(), 'the law wants what rests');
  }
  assert.deepEqual(orders, [1]);
});

test('what waits behind a message that is out, and is not made, leaves the window to others when it is full', () => {
  const world = new FifoWorld({}, { ...WINDOW, sizeBytes: 300, pageCount: 4 });
  for (const [index, group] of ['a', 'a', 'a', 'a', 'b'].entries()) world.send(group, `id-${index}`, 10);
  restarted(world);
  assert.deepEqual(world.receive(1, 43_200_000), [1]);
  const beganMs = world.nowMs;
  const orders: number[] = [];
  while (orders.length === 0) {
    assert.ok(world.goOn() && world.nowMs < beganMs + 60_000, 'the other group is looked for');
    orders.push(...world.receive(1, 43_200_000));
  }
  assert.deepEqual(orders, [5]);
});
