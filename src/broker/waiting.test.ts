import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../base/manual-clock.ts';
import { Waiting, type Waiter } from './waiting.ts';

/** Waiters that note what became of them; they take from a pile of this many things. */
function stage(pile = 0) {
  const clock = new ManualClock();
  const waiting = new Waiting(clock);
  const noted: string[] = [];
  const left = { pile };
  const waiter = (name: string): Waiter => ({
    serve: () => {
      if (left.pile === 0) return false;
      left.pile -= 1;
      noted.push(`${name} served`);
      return true;
    },
    giveUp: () => noted.push(`${name} gave up`),
  });
  const join = (name: string, waitMs = 1000, signal?: AbortSignal): void =>
    waiting.join(waiter(name), { waitMs, signal });
  return { clock, waiting, noted, left, join };
}

test('first come, first served, until one goes away empty', () => {
  const { waiting, noted, join } = stage(2);
  for (const name of ['a', 'b', 'c', 'd']) join(name);
  waiting.serve();
  assert.deepEqual(noted, ['a served', 'b served']);
  assert.equal(waiting.size, 2);
});

test('who was served is not sent away later', () => {
  const { clock, waiting, noted, join } = stage(1);
  const hangUp = new AbortController();
  join('a', 1000, hangUp.signal);
  waiting.serve();
  clock.advance(1000);
  hangUp.abort();
  waiting.giveUp();
  assert.deepEqual(noted, ['a served']);
});

test('a wait ends at its time, or when its signal aborts, once', () => {
  const { clock, waiting, noted, join } = stage();
  const hangUp = new AbortController();
  join('a', 1000);
  join('b', 2000, hangUp.signal);
  clock.advance(999);
  assert.deepEqual(noted, []);
  clock.advance(1);
  hangUp.abort();
  clock.advance(5000);
  assert.deepEqual([noted, waiting.size], [['a gave up', 'b gave up'], 0]);
});

test('a wait without an end plans nothing on the clock', () => {
  const { clock, waiting, join } = stage();
  join('a', Infinity);
  assert.equal(clock.nextDueMs(), undefined);
  assert.equal(waiting.size, 1);
});

test('everybody is sent away at once', () => {
  const { clock, waiting, noted, join } = stage();
  for (const name of ['a', 'b']) join(name);
  waiting.giveUp();
  assert.deepEqual([noted, waiting.size, clock.nextDueMs()], [['a gave up', 'b gave up'], 0, undefined]);
});
