import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WINDOW } from '../queue/window.ts';
import { MemoryDisk } from '../store/memory/memory-store.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { bodies, create, receive, send, Stage } from './fixture/stage.ts';

/** What one message of the tests counts for in memory, roughly. */
const MESSAGE_BYTES = 1300;
const QUEUES = 12;
const MESSAGES = 40;
const MOST_BYTES = 100_000;

test('many queues together hold no more than they may, and give everything back in order all the same', async () => {
  const clock = new ManualClock();
  const { broker } = await Stage.open(new MemoryDisk(), clock, WINDOW, { mostHeldBytes: MOST_BYTES });
  const names = Array.from({ length: QUEUES }, (_, number) => `q-${number}`);
  const numbers = Array.from({ length: MESSAGES }, (_, number) => String(number).padEnd(1000));
  for (const name of names) await send(broker, await create(broker, name), ...numbers);
  // What is in memory is known by what comes without waiting for the store.
  const little = 16 * 1024 + MESSAGE_BYTES;
  for (const name of names) {
    const queue = { account: '000000000000', region: 'us-east-1', name };
    const first = await receive(broker, queue, { maximum: MESSAGES });
    if (name === names.at(-1))
      assert.ok(first.length * MESSAGE_BYTES <= little + MESSAGE_BYTES, String(first.length));
    const seen = bodies(first);
    for (let round = 0; seen.length < MESSAGES && round < MESSAGES; round += 1) {
      clock.advance(1);
      seen.push(...bodies(await receive(broker, queue, { maximum: MESSAGES })));
    }
    assert.deepEqual(seen, numbers);
  }
});
