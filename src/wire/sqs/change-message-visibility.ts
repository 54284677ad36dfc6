import { orRefuse, refuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';
import { extendFailure, readExtension } from './visibility.ts';

/** ChangeMessageVisibility: `QueueUrl`, `ReceiptHandle`, `VisibilityTimeout` → nothing. */
export const changeMessageVisibility: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const extension = readExtension(input);
  const [outcome] = orRefuse(await context.broker.extend(queue, [extension]));
  const failure = outcome && extendFailure(outcome, extension);
  if (failure !== undefined) refuse(failure);
  return undefined;
};
