import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { World } from './fixture/world.ts';
import { WINDOW, type Window } from './window.ts';

/** So small that a dozen messages do not fit, and that most of what happens goes through pages. */
const TINY: Window = { sizeBytes: 2500, lowCount: 3, pageCount: 4, pageSizeBytes: 100, expiryCount: 3 };

type Step = (world: World) => void;

const few = fc.integer({ min: 0, max: 20 });
const shortMs = fc.constantFrom(0, 0, 1, 500, 5000);

/** Messages of a size of which few or many fit into the window. */
function steps(sizeBytes: number, groups: readonly (string | undefined)[]): fc.Arbitrary<Step> {
  const group = fc.constantFrom(...groups);
  const send = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 0, 0, 700, 5000), group);
  return fc.oneof(
    send.map(([count, delayMs, of]): Step => (world) => {
      for (let sent = 0; sent < count; sent += 1) world.send(delayMs, sizeBytes, of);
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
          world.lookUp(nth),
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
      (world) => world.settleLate(),
      (world) => world.flush(),
    ),
    { weight: 1, arbitrary: fc.constantFrom<Step>((world) => world.purge()) },
    { weight: 1, arbitrary: fc.constantFrom<Step>((world) => world.crash()) },
  );
}

/** Lets every hidden message show, and takes all there is, page by page. */
function drained(world: World): number {
  world.settleLate();
  world.advance(40_000);
  let count = 0;
  for (let round = 0; round < 500 && world.state.messages > count; round += 1) {
    world.flush();
    world.advance(1);
    world.arrive();
    count += world.receive(1000, 43_200_000).length;
  }
  return count;
}

/** A group that holds all there is in flight, and has a backlog. */
function makeNoise(world: World): void {
  for (let sent = 0; sent < 60; sent += 1) world.send(0, 10, 'noisy');
  for (let round = 0; round < 40; round += 1) {
    world.receive(10, round % 2 === 0 ? 3000 : 30_000);
    world.flush();
    world.advance(1);
    world.arrive();
  }
}

function holds(
  window: Window,
  retentionMs: number,
  groups: readonly (string | undefined)[] = [undefined],
): void {
  fc.assert(
    fc.property(fc.array(steps(10, groups), { maxLength: 80, size: 'max' }), (taken) => {
      const world = new World({ retentionMs }, window);
      if (groups.length > 1) makeNoise(world);
      for (const step of taken) step(world);
      const count = drained(world);
      assert.equal(count, world.messages, 'every message that is there can be received, once');
    }),
    { numRuns: 400 },
  );
}

test('whatever happens, no message is lost, none is out twice, none comes back', () => {
  holds(WINDOW, 1_000_000_000);
});

test('the same holds when most messages rest in the store', () => {
  holds(TINY, 1_000_000_000);
});

test('the same holds while messages outlive their retention', () => {
  holds(TINY, 60_000);
  holds(WINDOW, 60_000);
});

test('the same holds with message groups of which one is noisy', () => {
  const groups = ['noisy', 'noisy', 'noisy', 'quiet', 'other', undefined];
  holds(WINDOW, 1_000_000_000, groups);
  holds(TINY, 1_000_000_000, groups);
  holds(TINY, 60_000, groups);
});
