import type { Cycles, CyclesResult } from './cycles.ts';
import { HttpLine } from './http-line.ts';

/**
 * A process of its own whose connections send ten messages, receive ten and delete them, again and again: `cycle-client.ts CYCLES`,
 * the order as JSON. Prints a CyclesResult as JSON.
 */
const order = JSON.parse(process.argv[2] ?? '') as Cycles;
const TEN = 10;

let sent = 0;
let deleted = 0;

const endMs = performance.now() + order.seconds * 1000;
const run = Math.floor(performance.timeOrigin + performance.now()).toString(36);
await Promise.all(Array.from({ length: order.connections }, (_, number) => drive(number)));
process.stdout.write(JSON.stringify({ sent, deleted, seconds: order.seconds } satisfies CyclesResult));

async function drive(number: number): Promise<void> {
  const line = new HttpLine(order.endpoint);
  for (let turn = number; performance.now() < endMs; turn += order.connections) {
    const queueUrl = order.queues === 1 ? order.queueUrl : `${order.queueUrl}-${turn % order.queues}`;
    if (order.sends) {
      await line.ask('SendMessageBatch', { QueueUrl: queueUrl, Entries: entries(turn) });
      sent += TEN;
    }
    const answer = await line.ask('ReceiveMessage', { QueueUrl: queueUrl, MaxNumberOfMessages: TEN });
    const receipts = [...answer.matchAll(/"ReceiptHandle":"([^"]+)"/g)].map(([, receipt]) => receipt);
    if (receipts.length === 0) continue;
    const doomed = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    await line.ask('DeleteMessageBatch', { QueueUrl: queueUrl, Entries: doomed });
    deleted += receipts.length;
  }
  line.end();
}

function entries(turn: number): object[] {
  return Array.from({ length: TEN }, (_, index) => {
    const number = turn * TEN + index;
    return {
      ...{ Id: String(index), MessageBody: String(number).padEnd(order.bodyBytes, '.') },
      ...(order.groups > 0 && { MessageGroupId: `group-${number % order.groups}` }),
      ...(order.isFifo && { MessageDeduplicationId: `${run}-${number}` }),
    };
  });
}
