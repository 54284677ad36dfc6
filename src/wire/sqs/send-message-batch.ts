import { MESSAGE_SIZE_BYTES } from '../../queue/limits.ts';
import { orRefuse, refuse, type SqsAction } from './action.ts';
import { BatchAnswer, readBatch } from './batch.ts';
import { queueOf } from './queue-url.ts';
import {
  readSendEntry,
  refuseWithoutPlace,
  sizeLimitBytes,
  writeSent,
  type ReadEntry,
} from './send-entry.ts';

/** SendMessageBatch: `QueueUrl`, `Entries` of `{Id, …}` as SendMessage takes them → `Successful`, `Failed`. */
export const sendMessageBatch: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const batch = readBatch(input, 'SendMessageBatchRequestEntry');
  refuseWithoutPlace(context, queue, batch);
  const answer = new BatchAnswer();
  const read: Identified[] = [];
  for (const entry of batch) {
    const { id } = entry;
    const one = answer.attempt(id, () => readSendEntry(entry.input, context, queue, entry));
    if (one !== undefined) read.push({ id, one });
  }
  refuseTooLong(read);
  const largest = read.reduce((size, { one }) => Math.max(size, one.sizeBytes), 0);
  const limitBytes = sizeLimitBytes(context.broker, queue, largest);
  const accepted = read.filter(({ one }) => one.sizeBytes <= limitBytes);
  for (const { id, one } of read) {
    if (one.sizeBytes > limitBytes)
      answer.fail(id, { kind: 'invalid-parameter', message: tooLong(limitBytes) });
  }
  if (accepted.length === 0) {
    orRefuse(context.broker.describe(queue));
    return answer.output();
  }
  const entries = accepted.map(({ one }) => one.entry);
  const all = orRefuse(await context.broker.send(queue, entries));
  accepted.forEach(({ id, one }, index) => {
    const sent = all[index];
    if (sent !== undefined) answer.succeed(id, writeSent(sent, one));
  });
  return answer.output();
};

/** An entry that could be read, and its id in the batch. */
interface Identified {
  readonly id: string;
  readonly one: ReadEntry;
}

function refuseTooLong(read: readonly Identified[]): void {
  const sizeBytes = read.reduce((sum, { one }) => sum + one.sizeBytes, 0);
  const mostBytes = MESSAGE_SIZE_BYTES.most;
  if (sizeBytes > mostBytes) refuse({ kind: 'batch-too-long', sizeBytes, mostBytes });
}

function tooLong(limitBytes: number): string {
  return `One or more parameters cannot be validated. Reason: Message must be shorter than ${limitBytes} bytes.`;
}
