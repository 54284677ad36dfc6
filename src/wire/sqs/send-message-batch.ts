import { MESSAGE_SIZE_BYTES } from '../../queue/limits.ts';
import { orRefuse, refuse, type SqsAction } from './action.ts';
import { BatchAnswer, readBatch } from './batch.ts';
import { queueOf } from './queue-url.ts';
import {
  readSendEntry,
  refuseWithoutGroup,
  sizeLimitBytes,
  writeSent,
  type ReadEntry,
} from './send-entry.ts';

/** SendMessageBatch: `QueueUrl`, `Entries` of `{Id, …}` as SendMessage takes them → `Successful`, `Failed`. */
export const sendMessageBatch: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const batch = readBatch(input, 'SendMessageBatchRequestEntry');
  refuseWithoutGroup(queue, batch);
  const answer = new BatchAnswer();
  const read: (ReadEntry & { readonly id: string })[] = [];
  for (const { id, input: entry, name } of batch) {
    const one = answer.attempt(id, () => readSendEntry(entry, context, queue, `${name}.MessageBody`));
    if (one !== undefined) read.push({ id, ...one });
  }
  refuseTooLong(read);
  const largest = read.reduce((size, one) => Math.max(size, one.sizeBytes), 0);
  const limitBytes = sizeLimitBytes(context.broker, queue, largest);
  const accepted = read.filter((one) => one.sizeBytes <= limitBytes);
  for (const { id, sizeBytes } of read) {
    if (sizeBytes > limitBytes) answer.fail(id, { kind: 'invalid-parameter', message: tooLong(limitBytes) });
  }
  if (accepted.length === 0) {
    orRefuse(context.broker.describe(queue));
    return answer.output();
  }
  const entries = accepted.map(({ entry }) => entry);
  const all = orRefuse(await context.broker.send(queue, entries));
  for (const [index, sent] of all.entries()) {
    const one = accepted[index];
    if (one !== undefined) answer.succeed(one.id, writeSent(sent, one));
  }
  return answer.output();
};

function refuseTooLong(read: readonly ReadEntry[]): void {
  const sizeBytes = read.reduce((sum, one) => sum + one.sizeBytes, 0);
  const mostBytes = MESSAGE_SIZE_BYTES.most;
  if (sizeBytes > mostBytes) refuse({ kind: 'batch-too-long', sizeBytes, mostBytes });
}

function tooLong(limitBytes: number): string {
  return `One or more parameters cannot be validated. Reason: Message must be shorter than ${limitBytes} bytes.`;
}
