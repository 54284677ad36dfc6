import { orRefuse, type SqsAction } from './action.ts';
import { BatchAnswer, readBatch } from './batch.ts';
import { queueOf } from './queue-url.ts';
import { extendFailure, readExtension } from './visibility.ts';

/** ChangeMessageVisibilityBatch: `QueueUrl`, `Entries` of `{Id, ReceiptHandle, VisibilityTimeout}` → `Successful`, `Failed`. */
export const changeMessageVisibilityBatch: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const answer = new BatchAnswer();
  const batch = readBatch(input, 'ChangeMessageVisibilityBatchRequestEntry');
  const read = batch.flatMap(({ id, input: entry, name }) => {
    const extension = answer.attempt(id, () => readExtension(entry, `${name}.`));
    return extension === undefined ? [] : [{ id, extension }];
  });
  const extensions = read.map(({ extension }) => extension);
  const outcomes = orRefuse(await context.broker.extend(queue, extensions));
  for (const [index, { id, extension }] of read.entries()) {
    const outcome = outcomes[index] ?? 'receipt-invalid';
    if (outcome === 'extended') answer.succeed(id);
    else answer.fail(id, extendFailure(outcome, extension));
  }
  return answer.output();
};
