import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ManualClock } from '../../base/manual-clock.ts';
import { Subscriber, type Delivery } from './subscriber.ts';
import type { Subscription } from './subscription.ts';
import type { Batch } from './waiting-records.ts';

/** A listener of which a test decides what it does with each batch. */
class ScriptedDelivery implements Delivery {
  readonly sent: string[][] = [];
  aborts = 0;
  #answer: ((isTaken: boolean) => void) | undefined;

  send(batch: Batch): Promise<boolean> {
    this.sent.push(batch.records.map(textOf));
    return new Promise((resolve) => (this.#answer = resolve));
  }

  abort(): void {
    this.aborts += 1;
  }

  async answer(isTaken: boolean): Promise<void> {
    this.#answer?.(isTaken);
    await setImmediate();
  }
}

const SUBSCRIPTION: Subscription = {
  ...{ api: 'telemetry', schemaVersion: '2022-12-13', types: ['platform', 'function'] },
  buffering: { maxItems: 3, maxBytes: 10_000, timeoutMs: 100 },
  destination: { protocol: 'TCP', port: 1 },
};

let clock: ManualClock;
let delivery: ScriptedDelivery;
let subscriber: Subscriber;

beforeEach(() => {
  clock = new ManualClock();
  delivery = new ScriptedDelivery();
  subscriber = new Subscriber(SUBSCRIPTION, delivery, clock);
});

/** The text of a line, or the type of anything else. */
function textOf(record: string): string {
  const { type, record: what } = JSON.parse(record) as { type: string; record: unknown };
  return typeof what === 'string' ? what : type;
}

function print(...texts: readonly string[]): void {
  for (const text of texts) {
    subscriber.tell({ kind: 'line', atMs: clock.nowMs(), by: 'function', text, isJson: false });
  }
}

test('a batch goes out when its time is over, or as soon as it is full', async () => {
  print('a');
  clock.advance(99);
  assert.deepEqual(delivery.sent, []);
  clock.advance(1);
  assert.deepEqual(delivery.sent, [['a']]);
  await delivery.answer(true);
  print('b', 'c', 'd', 'e');
  assert.deepEqual(delivery.sent.at(-1), ['b', 'c', 'd']);
  await delivery.answer(true);
  clock.advance(100);
  assert.deepEqual(delivery.sent.at(-1), ['e']);
});

test('one batch is under way at a time; what is beyond the bound is dropped, counted and told', async () => {
  print('a', 'b', 'c');
  print('1', '2', '3', '4', '5', '6', 'lost', 'lost too');
  assert.deepEqual(delivery.sent, [['a', 'b', 'c']]);
  await delivery.answer(true);
  await delivery.answer(true);
  await delivery.answer(true);
  clock.advance(100);
  assert.deepEqual(delivery.sent.slice(1), [['1', '2', '3'], ['4', '5', '6'], ['platform.logsDropped']]);
});

test('what a listener does not take is dropped and counted, and the next is tried', async () => {
  print('a', 'b', 'c');
  await delivery.answer(false);
  print('d', 'e', 'f');
  await delivery.answer(true);
  clock.advance(100);
  assert.deepEqual(delivery.sent.slice(1), [['d', 'e', 'f'], ['platform.logsDropped']]);
});

test('a listener that never answers is given up after five seconds', async () => {
  print('a', 'b', 'c', 'd');
  clock.advance(4999);
  assert.equal(delivery.aborts, 0);
  clock.advance(1);
  await setImmediate();
  assert.equal(delivery.aborts, 1);
  clock.advance(100);
  assert.deepEqual(delivery.sent.at(-1), ['d']);
});

test('nothing is sent to a frozen environment, and its time does not count', async () => {
  print('a', 'b', 'c');
  subscriber.pause();
  print('d', 'e', 'f');
  clock.advance(60_000);
  assert.equal(delivery.aborts, 0);
  await delivery.answer(true);
  assert.equal(delivery.sent.length, 1);
  subscriber.resume();
  assert.deepEqual(delivery.sent.at(-1), ['d', 'e', 'f']);
  clock.advance(5000);
  assert.equal(delivery.aborts, 1);
});

test('before the end nothing waits for company', async () => {
  print('a');
  subscriber.hurry();
  assert.deepEqual(delivery.sent, [['a']]);
  await delivery.answer(true);
  print('b');
  assert.deepEqual(delivery.sent.at(-1), ['b']);
});

test('after its close nothing is sent', () => {
  subscriber.close();
  print('a', 'b', 'c');
  clock.advance(1000);
  assert.deepEqual(delivery.sent, []);
});
