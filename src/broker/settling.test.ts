import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodies, create, passed, receive, send, Stage, turns, TINY } from './fixture/stage.ts';

/** Room for two short messages. */

test('a message that goes to rest while another of the same delete is looked up is deleted with it', async () => {
  const { broker, store, disk, clock } = await Stage.open(undefined, undefined, TINY);
  const queue = await create(broker);
  await send(broker, queue, 'a', 'b', 'c', 'd', 'e');
  const taken = await receive(broker, queue, { maximum: 2, visibilityMs: 1000 });
  assert.deepEqual(bodies(taken), ['a', 'b']);
  const [first, second] = taken.map(({ receipt }) => receipt);
  assert.ok(first !== undefined && second !== undefined);
  assert.ok((await broker.settle(queue, [second])).ok);
  const reading = Promise.withResolvers<undefined>();
  const read = store.read.bind(store);
  store.read = async (...asked) => {
    await reading.promise;
    return read(...asked);
  };
  // The second is not known any more, so that it is looked up.
  const settled = broker.settle(queue, [first, second]);
  await turns();
  await broker.extend(queue, [{ receipt: first, visibilityMs: 0 }]);
  reading.resolve(undefined);
  assert.deepEqual(await settled, { ok: true, value: ['settled', 'settled'] });
  await broker[Symbol.asyncDispose]();
  const again = await Stage.open(disk, clock, TINY);
  await passed(clock, 60_000);
  assert.deepEqual(bodies(await receive(again.broker, queue)).toSorted(), ['c', 'd', 'e']);
});
