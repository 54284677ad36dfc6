import { orRefuse, type SqsAction } from './action.ts';
import { BatchAnswer, readBatch } from './batch.ts';
import { queueOf } from './queue-url.ts';
import { readReceipt } from './receipt-handle.ts';

/** DeleteMessageBatch: `QueueUrl`, `Entries` of `{Id, ReceiptHandle}` → `Successful`, `Failed`. */
export const deleteMessageBatch: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const entries = readBatch(input, 'DeleteMessageBatchRequestEntry').map((entry) => ({
    id: entry.id,
    receipt: readReceipt(entry.input, entry),
  }));
  const receipts = entries.map(({ receipt }) => receipt);
  const outcomes = orRefuse(await context.broker.settle(queue, receipts));
  const answer = new BatchAnswer();
  entries.forEach(({ id, receipt }, index) => {
    const outcome = outcomes[index] ?? 'receipt-invalid';
    if (outcome === 'settled') answer.succeed(id);
    else answer.fail(id, { kind: outcome, receipt });
  });
  return answer.output();
};
