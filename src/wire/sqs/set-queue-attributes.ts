import { orRefuse, refuse, type SqsAction } from './action.ts';
import { refuseContradiction } from './fifo-attributes.ts';
import { readAttributes } from './queue-attributes.ts';
import { isFifoName, queueOf } from './queue-url.ts';
import { settingsFailure } from './settings-failure.ts';

/** SetQueueAttributes: `QueueUrl`, `Attributes` → nothing. An empty text removes a policy. */
export const setQueueAttributes: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const given = input.textMap('Attributes') ?? refuse({ kind: 'missing-parameter', name: 'Attributes' });
  const change = readAttributes(given, context.caller, isFifoName(queue.name));
  if (change.fifo !== undefined) {
    const { settings } = orRefuse(context.broker.describe(queue));
    refuseContradiction({ ...settings.fifo, ...change.fifo });
  }
  const changed = await context.broker.change(queue, change);
  if (!changed.ok) refuse(settingsFailure(changed.failure, given));
  return undefined;
};
