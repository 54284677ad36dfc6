import { setTimeout as sleep } from 'node:timers/promises';
import { HttpLine } from './http-line.ts';

/** What the clients do: many receivers that are slow, and one sender whose messages are few. */
export interface Quiet {
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly receivers: number;
  readonly handlerMs: number;
  readonly everyMs: number;
  readonly seconds: number;
  /** The group of those few; undefined: none. */
  readonly group: string | undefined;
}

/** What they saw. */
export interface QuietResult {
  /** From send to receive, of those of the few that came. */
  readonly dwellMs: readonly number[];
  readonly received: number;
}

/** A process of its own: `quiet-client.ts QUIET`, as JSON. Prints a QuietResult as JSON. */
async function main(order: Quiet): Promise<QuietResult> {
  const QueueUrl = order.queueUrl;
  const endMs = performance.now() + order.seconds * 1000;
  const dwellMs: number[] = [];
  let received = 0;

  async function receive(): Promise<void> {
    const line = new HttpLine(order.endpoint);
    while (performance.now() < endMs) {
      const answer = await line.ask('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 });
      const { Messages: messages = [] } = JSON.parse(bodyOf(answer)) as Received;
      for (const { Body: body, ReceiptHandle } of messages) {
        received += 1;
        if (body.startsWith('quiet ')) dwellMs.push(performance.now() - Number(body.split(' ')[1]));
        await sleep(order.handlerMs);
        await line.ask('DeleteMessage', { QueueUrl, ReceiptHandle });
      }
    }
    line.end();
  }

  async function send(): Promise<void> {
    const line = new HttpLine(order.endpoint);
    while (performance.now() < endMs) {
      const MessageBody = `quiet ${performance.now()}`;
      await line.ask('SendMessage', { QueueUrl, MessageBody, MessageGroupId: order.group });
      await sleep(order.everyMs);
    }
    line.end();
  }

  await Promise.all([send(), ...Array.from({ length: order.receivers }, receive)]);
  return { dwellMs, received };
}

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

function bodyOf(answer: string): string {
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  return body === '' ? '{}' : body;
}

process.stdout.write(JSON.stringify(await main(JSON.parse(process.argv[2] ?? '') as Quiet)));
