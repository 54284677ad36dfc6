import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fixture/world.ts';
import { TINY } from './fixture/windows.ts';

test('a message that a look at the disk came too early for is forgotten in its own time', () => {
  const world = new World({ retentionMs: 60_000 });
  world.send(0, 10);
  world.flush();
  world.advance(40_000);
  world.send(0, 10);
  world.advance(20_000);
  world.arrive();
  assert.equal(world.messages, 1);
  world.flush();
  world.advance(39_999);
  world.arrive();
  assert.equal(world.messages, 1);
  world.advance(1);
  world.arrive();
  assert.equal(world.messages, 0);
});

test('what is old already when it enters is looked for once the disk shows it, and not before', () => {
  const world = new World({ retentionMs: 60_000 });
  world.send(0, 10);
  world.advance(60_000);
  assert.equal(world.isLookingForTheOldest, true);
  world.arrive();
  assert.equal(world.isLookingForTheOldest, false);
  world.flush();
  assert.equal(world.isLookingForTheOldest, true);
  world.arrive();
  assert.equal(world.messages, 0);
});

test('what expires in a rush goes in parts with pauses, but not more slowly than messages come', () => {
  const world = new World({ retentionMs: 60_000 }, TINY);
  for (let sent = 0; sent < 20; sent += 1) world.send(0, 10);
  world.flush();
  world.advance(60_000);
  const forgetSome = (): void => {
    world.arrive();
    world.flush();
  };
  forgetSome();
  assert.equal(world.messages, 17);
  assert.equal(world.isLookingForTheOldest, false);
  world.advance(10);
  forgetSome();
  assert.equal(world.messages, 14);
  for (let sent = 0; sent < 4; sent += 1) world.send(0, 10);
  world.flush();
  world.advance(10);
  forgetSome();
  assert.equal(world.messages, 15);
  assert.equal(world.isLookingForTheOldest, true);
});

test('a look at the oldest that took very long is not waited for long after it', () => {
  const world = new World({ retentionMs: 60_000 }, TINY);
  for (let sent = 0; sent < 20; sent += 1) world.send(0, 10);
  world.flush();
  world.advance(60_000);
  world.read();
  world.advance(300_000);
  world.arrive();
  world.flush();
  assert.equal(world.isLookingForTheOldest, false);
  world.advance(200);
  assert.equal(world.isLookingForTheOldest, true);
});
