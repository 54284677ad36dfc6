import { orRefuse, type SqsAction } from './action.ts';
import { BatchAnswer, readBatch } from './batch.ts';
import { queueOf } from './queue-url.ts';
import { extendFailure, readEntryExtension } from './visibility.ts';

/** ChangeMessageVisibilityBatch: `QueueUrl`, `Entries` of `{Id, ReceiptHandle, VisibilityTimeout}` → `Successful`, `Failed`. */
export const changeMessageVisibilityBatch: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const answer = new BatchAnswer();
  const batch = readBatch(input, 'ChangeMessageVisibilityBatchRequestEntry');
  const read = batch.flatMap((entry) => {
    const extension = answer.attempt(entry.id, () => readEntryExtension(entry));
    return extension === undefined ? [] : [{ id: entry.id, extension }];
  });
  const extensions = read.map(({ extension }) => extension);
  const outcomes = orRefuse(await context.broker.extend(queue, extensions));
  for (const [index, { id, extension }] of read.entries()) {
    const failure = extendFailure(outcomes[index] ?? 'receipt-invalid', extension);
    if (failure === undefined) answer.succeed(id);
    else answer.fail(id, failure);
  }
  return answer.output();
};
