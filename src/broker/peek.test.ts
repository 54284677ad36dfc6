import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Peeked } from './peek.ts';
import { create, named, passed, receive, send, Stage } from './fixture/stage.ts';

async function staged() {
  const stage = await Stage.open();
  const queue = await create(stage.broker, 'q', { visibilityMs: 5000 });
  const peek = async (maximum = 10, hidden = false): Promise<readonly Peeked[]> => {
    const peeked = await stage.broker.peek(queue, { maximum, hidden });
    assert.ok(peeked.ok);
    return peeked.value;
  };
  return { ...stage, broker: stage.broker, clock: stage.clock, queue, peek };
}

test('looking takes nothing: messages come in their order, as often as one looks', async () => {
  const { broker, queue, peek } = await staged();
  await send(broker, queue, 'a', 'b', 'c');
  const texts = (await peek(2)).map(({ message }) => message.body);
  assert.deepEqual(texts, ['a', 'b']);
  assert.equal((await peek()).length, 3);
  const [first] = await receive(broker, queue, { maximum: 1 });
  assert.equal(first?.receiveCount, 1);
});

test('what is delayed or in flight is seen when it is asked for', async () => {
  const { broker, clock, queue, peek } = await staged();
  await send(broker, queue, 'taken', 'waiting');
  await receive(broker, queue, { maximum: 1 });
  await broker.send(queue, [{ body: 'delayed', attributes: {}, senderId: 's', delayMs: 9000 }]);
  assert.deepEqual(
    (await peek()).map(({ message }) => message.body),
    ['waiting'],
  );
  const standings = async () =>
    (await peek(10, true)).map(({ message, standing }) => [message.body, standing]);
  assert.deepEqual(await standings(), [
    ['waiting', 'waiting'],
    ['taken', 'in-flight'],
    ['delayed', 'delayed'],
  ]);
  await passed(clock, 9000);
  assert.deepEqual(
    (await standings()).map(([, standing]) => standing),
    ['waiting', 'waiting', 'waiting'],
  );
});

test('what has outlived its retention is not seen, nor a queue that is not there', async () => {
  const { broker, clock, queue, peek } = await staged();
  await broker.change(queue, { retentionMs: 60_000 });
  await send(broker, queue, 'old');
  clock.advance(60_000);
  assert.deepEqual(await peek(), []);
  const missing = await broker.peek(named('none'), { maximum: 1, hidden: false });
  assert.equal(!missing.ok && missing.failure.kind, 'no-such-queue');
});
