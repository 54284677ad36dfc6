import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FifoWorld } from './fixture/fifo-world.ts';
import { WINDOW, type Window } from './window.ts';

/** So small that a dozen messages do not fit, and that most of what happens goes through pages. */
const TINY: Window = { sizeBytes: 2500, lowCount: 3, pageCount: 4, pageSizeBytes: 100, expiryCount: 3 };

type Step = (world: FifoWorld) => void;

const few = fc.integer({ min: 0, max: 20 });
const shortMs = fc.constantFrom(0, 1, 500, 5000);
const group = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const id = fc.integer({ min: 0, max: 60 });

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.tuple(group, id), { minLength: 1, maxLength: 6 }).map((sends): Step => (world) => {
      for (const [to, number] of sends) world.send(to, `id-${number}`, 10);
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(few, shortMs, fc.constantFrom(undefined, undefined, 'one', 'two')).map(
      ([maximum, visibilityMs, attempt]): Step =>
        (world) =>
          void world.receive(maximum, visibilityMs, attempt),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(few, fc.constantFrom(true, true, true, false)).map(
      ([nth, isOfPresent]): Step =>
        (world) =>
          world.settle(nth, isOfPresent),
    ),
  },
  fc.tuple(few, shortMs).map(
    ([nth, visibilityMs]): Step =>
      (world) =>
        world.extend(nth, visibilityMs),
  ),
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 1, 600, 6000, 40_000, 300_000).map(
      (durationMs): Step =>
        (world) =>
          world.advance(durationMs),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Step>(
      (world) => world.begin(),
      (world) => world.land(),
      (world) => world.end(),
      (world) => world.read(),
      (world) => world.arrive(),
      (world) => world.flush(),
    ),
  },
  group.map(
    (to): Step =>
      (world) =>
        world.moveIn(to),
  ),
  fc.constantFrom(0, 700, 5000).map(
    (delayMs): Step =>
      (world) =>
        world.delay(delayMs),
  ),
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      (world) => world.purge(),
      (world) => world.crash(),
    ),
  },
);

/** Lets every hidden message show, and takes and settles all there is, page by page. */
function drain(world: FifoWorld): void {
  world.delay(0);
  world.advance(10_000);
  for (let round = 0; round < 800 && world.state.messages > 0; round += 1) {
    world.flush();
    world.advance(1);
    world.arrive();
    for (const order of world.receive(10, 60_000)) {
      world.settleReceipt(order, world.truthOf(order).receiveCount);
    }
  }
}

function holds(window: Window, retentionMs: number): void {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 120, size: 'max' }), (taken) => {
      const world = new FifoWorld({ retentionMs }, window);
      for (const step of taken) step(world);
      drain(world);
      assert.equal(world.state.messages, 0, 'every message that is there can be received');
    }),
    { numRuns: 500 },
  );
}

test('each group comes in order and one receive at a time, no duplicate enters, nothing is lost', () => {
  holds(WINDOW, 1_000_000_000);
});

test('the same holds when most messages rest in the store', () => {
  holds(TINY, 1_000_000_000);
});

test('the same holds while messages outlive their retention', () => {
  holds(TINY, 60_000);
  holds(WINDOW, 60_000);
});
