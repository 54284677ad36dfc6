import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { create, receive, send } from './fixture/stage.ts';
import { OnDisk } from './fixture/on-disk.ts';

const MESSAGES = 200_000;
const BATCH = 1000;
/** The window (8 MiB), twice over for what a text and its places cost; all bodies would be many times this. */
const MOST_GROWTH_BYTES = 32 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Without buffers: they belong to the store's thread, which frees them when it likes. A message that is kept is kept as text. */
function usedBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test('a long backlog drains completely, each message once, in bounded memory', async (context) => {
  const disk = new OnDisk(context);
  const broker = await disk.open();
  const queue = await create(broker);
  const beforeBytes = usedBytes();
  const body = 'x'.repeat(190);
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    await send(broker, queue, ...Array.from({ length: BATCH }, (_, index) => `${sent + index} ${body}`));
    disk.clock.advance(1);
  }
  assert.ok(usedBytes() - beforeBytes < MOST_GROWTH_BYTES, 'memory grows while the backlog does');
  const seen = new Uint8Array(MESSAGES);
  let inOrder = 0;
  let last = -1;
  for (let count = 0, round = 0; count < MESSAGES; round += 1) {
    disk.clock.advance(1);
    const taken = await receive(broker, queue, { maximum: BATCH });
    for (const { message } of taken) {
      const number = parseInt(message.body, 10);
      assert.equal(seen[number], 0, `${number} came twice`);
      seen[number] = 1;
      if (number > last) inOrder += 1;
      last = number;
    }
    count += taken.length;
    const settled = await broker.settle(
      queue,
      taken.map(({ receipt }) => receipt),
    );
    assert.ok(settled.ok);
    assert.ok(round < MESSAGES, 'it never comes to its end');
    if (round % 50 === 0)
      assert.ok(usedBytes() - beforeBytes < MOST_GROWTH_BYTES, 'memory grows while it drains');
  }
  assert.equal(inOrder, MESSAGES, 'first in, first out');
  const described = broker.describe(queue);
  assert.deepEqual(described.ok && [described.value.visibleCount, described.value.inFlightCount], [0, 0]);
});
