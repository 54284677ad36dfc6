import { parseQueueArn, type QueueKey } from '../../message/queue-key.ts';
import type { Caller } from '../caller.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';
import { noResource } from './move-task-failure.ts';
import { isQueueName, reachable } from './queue-url.ts';

/** The queue that a member names by its ARN; undefined when it is not given. A queue of another region is not there. */
export function queueByArn(input: Input, name: string, caller: Caller): QueueKey | undefined {
  const arn = input.text(name);
  if (arn === undefined || arn === '') return undefined;
  if (arn.split(':').length !== 6 || !arn.startsWith('arn:')) refuseForm(name);
  const queue = parseQueueArn(arn);
  const isOurs = queue !== undefined && queue.region === caller.region && isQueueName(queue.name);
  return isOurs ? reachable(caller, queue) : refuse(noResource(name));
}

function refuseForm(name: string): never {
  const form = 'arn:<partition>:<service>:<region>:<account-id>:<resource-id>';
  return refuse({
    kind: 'invalid-parameter',
    message: `You must use this format to specify the ${name}: ${form}`,
  });
}
