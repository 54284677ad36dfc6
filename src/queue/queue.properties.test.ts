import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { World } from './fixture/world.ts';

const MEBIBYTE = 1024 * 1024;

type Step = (world: World) => void;

const few = fc.integer({ min: 0, max: 20 });
const shortMs = fc.constantFrom(0, 0, 1, 500, 5000);

/** Messages of a size of which few or many fit into the window. */
function steps(sizeBytes: number): fc.Arbitrary<Step> {
  const send = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 0, 0, 700, 5000));
  return fc.oneof(
    send.map(([count, delayMs]): Step => (world) => {
      for (let sent = 0; sent < count; sent += 1) world.send(delayMs, sizeBytes);
    }),
    fc.tuple(few, shortMs).map(
      ([maximum, visibilityMs]): Step =>
        (world) =>
          void world.receive(maximum, visibilityMs),
    ),
    few.map(
      (nth): Step =>
        (world) =>
          world.settle(nth),
    ),
    few.map(
      (nth): Step =>
        (world) =>
          world.settleLate(nth),
    ),
    fc.tuple(few, shortMs).map(
      ([nth, visibilityMs]): Step =>
        (world) =>
          world.extend(nth, visibilityMs),
    ),
    fc.constantFrom(0, 1, 600, 6000, 40_000).map(
      (durationMs): Step =>
        (world) =>
          world.advance(durationMs),
    ),
    fc.constantFrom<Step>(
      (world) => world.begin(),
      (world) => world.land(),
      (world) => world.end(),
      (world) => world.read(),
      (world) => world.arrive(),
      (world) => world.flush(),
    ),
    { weight: 1, arbitrary: fc.constantFrom<Step>((world) => world.purge()) },
    { weight: 1, arbitrary: fc.constantFrom<Step>((world) => world.crash()) },
  );
}

/** Lets every hidden message show, and takes all there is, page by page. */
function drained(world: World): number {
  world.advance(10_000);
  let count = 0;
  for (let round = 0; round < 500 && world.state.messages > count; round += 1) {
    world.flush();
    world.advance(1);
    world.arrive();
    count += world.receive(1000, 43_200_000).length;
  }
  return count;
}

function holds(sizeBytes: number, retentionMs: number): void {
  fc.assert(
    fc.property(fc.array(steps(sizeBytes), { maxLength: 80, size: 'max' }), (taken) => {
      const world = new World({ retentionMs });
      for (const step of taken) step(world);
      const count = drained(world);
      assert.equal(count, world.messages, 'every message that is there can be received, once');
    }),
    { numRuns: 400 },
  );
}

test('whatever happens, no message is lost, none is out twice, none comes back', () => {
  holds(10, 1_000_000_000);
});

test('the same holds when most messages rest in the store', () => {
  holds(2 * MEBIBYTE, 1_000_000_000);
});

test('the same holds while messages outlive their retention', () => {
  holds(2 * MEBIBYTE, 60_000);
  holds(10, 60_000);
});
