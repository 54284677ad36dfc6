import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LanePageQuery } from '../store/queue-store.ts';
import type { Command, Replies } from './command.ts';
import { FifoWorld } from './fixture/fifo-world.ts';
import { WINDOW } from './window.ts';

/** A world that writes down which pages of lanes came. */
class Watched extends FifoWorld {
  readonly queries: LanePageQuery[] = [];

  override apply<Kind extends Command['kind']>(command: Extract<Command, { kind: Kind }>): Replies[Kind] {
    const given: Command = command;
    if (given.kind === 'lane-page') this.queries.push(given.query);
    return super.apply<Kind>(command);
  }
}

/** A backlog with one message of each of so many groups and then of each a second one, after a start. */
function started(groups: number): Watched {
  const world = new Watched({}, { ...WINDOW, lowCount: 40, pageCount: 10 });
  for (let number = 0; number < 2 * groups; number += 1)
    world.send(`group-${number % groups}`, `id-${number}`, 10);
  world.flush();
  world.crash();
  world.wake();
  world.load();
  return world;
}

test('while the sweep goes on, no group is gone on with by its name that has nothing behind it', () => {
  const world = started(60);
  for (let page = 0; page < 10; page += 1) world.arrive();
  assert.ok((world.state.fifo?.lanes.readyCount ?? 0) >= 20, 'so many groups are ready');
  const named = world.queries.filter(({ lanes }) => lanes.length > 0);
  assert.deepEqual([named.length, world.queries.length > 2], [0, true]);
});

test('what stands further on of a group comes all the same, after what stands before it', () => {
  const world = started(60);
  for (let left = 120; left > 0;) {
    const orders = world.receive(10, 30_000);
    for (const order of orders) world.settleReceipt(order, 1);
    left -= orders.length;
    if (orders.length === 0) assert.ok(world.goOn(), 'the law wants what is left');
  }
  assert.equal(world.state.messages, 0);
});
