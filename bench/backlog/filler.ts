import { SystemClock, type Clock } from '../../src/base/clock.ts';
import { systemRandom as random } from '../../src/base/random.ts';
import type { SendEntry } from '../../src/broker/broker.ts';
import { KeptBroker } from '../../src/broker/kept-broker.ts';
import type { QueueKey } from '../../src/message/queue-key.ts';
import { DataDirectory } from '../../src/store/sqlite/data-directory.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Filling } from './filling.ts';

/**
 * A process of its own that fills a data directory through the real broker and the real store: `filler.ts DIRECTORY FILLING`,
 * the filling as JSON. Prints how many messages are there every so often. Nothing is synced: nobody relies on it.
 */
const [path = '', words = ''] = process.argv.slice(2);
const BATCH = 1000;
const BATCHES_AT_ONCE = 4;
const SAID_EVERY = 500_000;
const QUEUES_AT_ONCE = 200;

async function main(filling: Filling): Promise<void> {
  const directory = DataDirectory.open(path);
  if (!directory.ok) throw new Error(directory.failure.what);
  using owned = directory.value;
  const onFatal = (what: unknown): void => {
    throw new Error(String(what));
  };
  const opened = await SqliteStore.open({
    ...{ path: owned.databasePath, onFatal, settings: { synchronous: 'OFF' } },
  });
  if (!opened.ok) throw new Error(opened.failure.what);
  await using store = opened.value;
  const real = new SystemClock(store.lastDurableMs);
  const progress = { sent: 0 };
  const clock = filling.overMs === 0 ? real : new PastClock(real, filling, progress);
  const parts = { store: store.queues, clock, random, onFatal, tell: () => undefined };
  await using broker = await KeptBroker.open(parts);
  await makeQueues(broker, filling);
  await send(broker, filling, progress);
  if (filling.drains) await drain(broker, filling);
}

/** As if everything had been sent evenly until now. */
class PastClock implements Clock {
  readonly after: Clock['after'];
  readonly #filling: Filling;
  readonly #progress: { readonly sent: number };
  readonly #startMs: number;

  constructor(real: Clock, filling: Filling, progress: { readonly sent: number }) {
    this.after = real.after.bind(real);
    this.#startMs = real.nowMs() - filling.overMs;
    this.#filling = filling;
    this.#progress = progress;
  }

  nowMs(): number {
    return this.#startMs + (this.#filling.overMs * this.#progress.sent) / this.#filling.messages;
  }
}

async function makeQueues(broker: KeptBroker, { queue, queues, isFifo }: Filling): Promise<void> {
  const names = queues === 1 ? [queue] : Array.from({ length: queues }, (_, index) => `${queue}-${index}`);
  for (let made = 0; made < names.length; made += QUEUES_AT_ONCE) {
    const some = names.slice(made, made + QUEUES_AT_ONCE);
    const settings = isFifo ? { fifo: {} } : {};
    const created = await Promise.all(some.map((name) => broker.create(named(name), settings, {})));
    if (created.some(({ ok }) => !ok)) throw new Error('a queue was not created');
  }
}

/** One message after the other; of many queues each gets its turn. */
async function send(broker: KeptBroker, filling: Filling, progress: { sent: number }): Promise<void> {
  const { messages, queues, queue } = filling;
  const batch = Math.max(1, Math.min(BATCH, Math.floor(messages / queues)));
  for (let turn = 0; progress.sent < messages;) {
    const sending: Promise<{ readonly ok: boolean }>[] = [];
    for (let at = 0; at < BATCHES_AT_ONCE && progress.sent < messages; at += 1, turn += 1) {
      const count = Math.min(batch, messages - progress.sent);
      const name = queues === 1 ? queue : `${queue}-${turn % queues}`;
      sending.push(broker.send(named(name), entries(filling, progress.sent, count)));
      say(progress.sent, count);
      progress.sent += count;
    }
    if ((await Promise.all(sending)).some(({ ok }) => !ok)) throw new Error('a message was not accepted');
  }
}

function entries({ isFifo, groups, bodyBytes, delayMs }: Filling, from: number, count: number): SendEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return {
      ...{ body: String(number).padEnd(bodyBytes, '.'), attributes: {}, senderId: 'filler' },
      ...(groups > 0 && { groupId: `group-${number % groups}` }),
      ...(isFifo && { deduplicationId: String(number) }),
      ...(delayMs > 0 && { delayMs }),
    };
  });
}

async function drain(broker: KeptBroker, { queue, messages }: Filling): Promise<void> {
  const query = { maximum: BATCH, waitMs: 0, holder: 'client' as const };
  for (let gone = 0; gone < messages;) {
    const taken = await broker.receive(named(queue), query);
    if (!taken.ok || taken.value.length === 0) throw new Error('a message has been lost');
    const settled = await broker.settle(
      named(queue),
      taken.value.map(({ receipt }) => receipt),
    );
    if (!settled.ok) throw new Error('messages were not deleted');
    say(gone, taken.value.length);
    gone += taken.value.length;
  }
}

function say(before: number, count: number): void {
  const isTime = Math.floor((before + count) / SAID_EVERY) > Math.floor(before / SAID_EVERY);
  if (isTime) process.stdout.write(`${before + count}\n`);
}

function named(name: string): QueueKey {
  return { account: '000000000000', region: 'us-east-1', name };
}

await main(JSON.parse(words) as Filling);
