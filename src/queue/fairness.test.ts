import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fixture/world.ts';
import type { Window } from './window.ts';

/** Room for some forty short messages. */
const SMALL: Window = {
  sizeBytes: 12_400,
  lowCount: 5,
  atHandCount: 2,
  pageCount: 20,
  pageSizeBytes: 10_000,
  expiryCount: 3,
};

/** A queue in which one group holds forty messages in flight and has a backlog of many more. */
function noisyWorld(backlog: number): World {
  const world = new World({}, SMALL);
  for (let n = 0; n < backlog + 40; n += 1) world.send(0, 10, 'noisy');
  turn(world);
  return world;
}

/** Holds forty messages in flight, page by page; their groups. */
function makeNoise(world: World): (string | undefined)[] {
  const held: (string | undefined)[] = [];
  for (let round = 0; round < 40 && held.length < 40; round += 1) {
    held.push(...groups(world, 10));
    turn(world);
  }
  return held;
}

function turn(world: World): void {
  world.flush();
  world.advance(1);
  world.arrive();
}

function groups(world: World, maximum: number): (string | undefined)[] {
  return world.receive(maximum, 600_000).map((order) => world.groupOf(order));
}

test('a message of a quiet group comes before the backlog of a noisy one, however long', () => {
  const world = noisyWorld(2000);
  makeNoise(world);
  for (const group of ['a', 'b', undefined]) world.send(0, 10, group);
  assert.deepEqual(groups(world, 4), ['a', 'b', undefined, 'noisy']);
});

test('without a noisy group the line is the line', () => {
  const world = new World();
  for (const group of ['a', 'a', 'b', 'a']) world.send(0, 10, group);
  assert.deepEqual(groups(world, 10), ['a', 'a', 'b', 'a']);
});

test('what waits of a noisy group comes when nothing else waits, and like any other once it is noisy no more', () => {
  const world = noisyWorld(6);
  makeNoise(world);
  world.send(0, 10, 'quiet');
  assert.deepEqual(groups(world, 2), ['quiet', 'noisy']);
  world.send(0, 10, 'quiet');
  world.advance(600_000);
  turn(world);
  const back = groups(world, 10);
  assert.ok(back.includes('noisy') && back.length === 10);
});

test('quiet messages that rest behind a noisy backlog are found by their groups, also after a restart', () => {
  const world = noisyWorld(300);
  for (let n = 0; n < 30; n += 1) world.send(0, 10, `quiet-${n % 3}`);
  turn(world);
  world.crash();
  turn(world);
  const found = makeNoise(world);
  for (let round = 0; round < 6; round += 1) {
    found.push(...groups(world, 5));
    turn(world);
  }
  assert.equal(found.filter((group) => group?.startsWith('quiet')).length, 30);
});
