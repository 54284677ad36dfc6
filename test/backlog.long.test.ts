import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { WAITING, type Filling } from '../bench/backlog/filling.ts';
import { Opened } from '../bench/backlog/opened.ts';
import { ScratchData } from '../bench/backlog/scratch.ts';

const MESSAGES = 500_000;
/** All bodies with what belongs to them would be some 400 MB beside what the program takes when it is idle. */
const MOST_MB = 280;
const ROUNDS = 200;

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

const SHAPES: readonly (Partial<Filling> & { readonly what: string; readonly shows: boolean })[] = [
  { what: 'waiting', shows: true },
  { what: 'delayed', delayMs: 900_000, shows: false },
  { what: 'in one FIFO group', isFifo: true, queue: 'b.fifo', groups: 1, overMs: 200_000, shows: true },
  {
    what: 'in 100,000 FIFO groups',
    isFifo: true,
    queue: 'b.fifo',
    groups: 100_000,
    overMs: 200_000,
    shows: true,
  },
  { what: 'in 100,000 groups of a standard queue', groups: 100_000, shows: true },
];

for (const { what, shows, ...filling } of SHAPES) {
  test(`half a million messages ${what}: opened, used and purged in bounded memory`, async () => {
    using data = new ScratchData(tmpdir());
    const whole: Filling = { ...WAITING, messages: MESSAGES, ...filling };
    await data.fill(whole, () => undefined, what);
    await using opened = await Opened.on(data.path, whole.queue);
    const QueueUrl = opened.url(whole.queue);
    let received = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = { QueueUrl, MaxNumberOfMessages: 10 };
      const { Messages = [] } = ((await opened.ask('ReceiveMessage', order)) ?? {}) as Received;
      received += Messages.length;
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      if (Entries.length > 0) await opened.ask('DeleteMessageBatch', { QueueUrl, Entries });
    }
    assert.equal(received, shows ? ROUNDS * 10 : 0);
    assert.equal(await count(opened, QueueUrl), MESSAGES - received);
    await opened.ask('PurgeQueue', { QueueUrl });
    assert.equal(await count(opened, QueueUrl), 0);
    const { peak } = opened.residentMb();
    assert.ok(peak < MOST_MB, `${peak} MB were resident`);
  });
}

async function count(opened: Opened, QueueUrl: string): Promise<number> {
  const names = { QueueUrl, AttributeNames: ['All'] };
  const { Attributes } = (await opened.ask('GetQueueAttributes', names)) as {
    readonly Attributes: Readonly<Record<string, string>>;
  };
  const [visible, delayed] = ['', 'Delayed'].map((kind) => Attributes[`ApproximateNumberOfMessages${kind}`]);
  return Number(visible) + Number(delayed);
}
