import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { encodeClick } from '../click-processor/click-message.ts';
import { sampleClick } from '../click-processor/fixtures/sample-click.ts';
import { ClickProcessor } from '../click-processor/processor.ts';
import { openTestLedger } from '../database/fixtures.ts';
import type { Ledger } from '../database/ledger.ts';
import { consume } from './consumer.ts';

describe('the long-lived consumer', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await openTestLedger();
  });
  after(() => ledger.close());

  it('deletes what it has charged, leaves what is no click, and ends when asked', async () => {
    const stopping = new AbortController();
    const processor = new ClickProcessor({ sql: ledger.sql, send: undefined });
    const deleted: (string | undefined)[] = [];
    const queue: Message[][] = [[message('a', encodeClick(sampleClick(1))), message('b', 'no click')]];
    const sqs = double(async (command) => {
      if (command instanceof ReceiveMessageCommand) {
        const Messages = queue.shift();
        if (Messages === undefined) stopping.abort();
        return { Messages };
      }
      assert.ok(command instanceof DeleteMessageBatchCommand);
      const rows = await ledger.sql`SELECT verdict FROM click`;
      assert.equal(rows.length, 1, 'A message is deleted before its click is recorded.');
      deleted.push(...(command.input.Entries ?? []).map((entry) => entry.ReceiptHandle));
      return {};
    });
    await consume({ sqs, processor, queueUrl: 'q', workers: 1, signal: stopping.signal });
    assert.deepEqual(deleted, ['receipt-a']);
  });

  it('says once that the broker is away, and that it goes on', async (context) => {
    const stopping = new AbortController();
    const said = context.mock.method(console, 'error', () => undefined);
    const processor = { process: async () => [] };
    const fates: (Error | Message[])[] = [new Error('away'), new Error('away'), [message('a', 'any')]];
    const sqs = double(async (command) => {
      if (!(command instanceof ReceiveMessageCommand)) return {};
      const fate = fates.shift();
      if (fate instanceof Error) throw fate;
      if (fate === undefined) stopping.abort();
      return { Messages: fate };
    });
    const pause = async (): Promise<void> => undefined;
    await consume({ sqs, processor, queueUrl: 'q', workers: 1, signal: stopping.signal, pause });
    const words = said.mock.calls.map((call) => call.arguments.join(' '));
    assert.deepEqual(words, ['The consumer tries again and again: away', 'The consumer goes on.']);
  });
});

function message(id: string, body: string): Message {
  return { MessageId: id, ReceiptHandle: `receipt-${id}`, Body: body };
}

/** Stands in for the SDK's client: `answer` gets each command. */
function double(answer: (command: unknown) => Promise<unknown>): SQSClient {
  return { send: answer } as unknown as SQSClient;
}
