import { orRefuse, refuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';
import { readReceipt } from './receipt-handle.ts';

/** DeleteMessage: `QueueUrl`, `ReceiptHandle` → nothing. Deleting again is a success. */
export const deleteMessage: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const receipt = readReceipt(input);
  const [outcome] = orRefuse(await context.broker.settle(queue, [receipt]));
  if (outcome !== undefined && outcome !== 'settled') refuse({ kind: outcome, receipt });
  return undefined;
};
