import { refuse, type SqsAction } from './action.ts';
import { readAttributes } from './queue-attributes.ts';
import { queueOf } from './queue-url.ts';
import { settingsFailure } from './settings-failure.ts';

/** SetQueueAttributes: `QueueUrl`, `Attributes` → nothing. An empty text removes a policy. */
export const setQueueAttributes: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const given = input.textMap('Attributes') ?? refuse({ kind: 'missing-parameter', name: 'Attributes' });
  const change = readAttributes(given, context.caller);
  const changed = await context.broker.change(queue, change);
  if (!changed.ok) refuse(settingsFailure(changed.failure, given));
  return undefined;
};
