import { parseQueueArn, type QueueKey } from '../../message/queue-key.ts';
import type { Caller } from '../caller.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';
import { noResource } from './move-task-failure.ts';
import { isQueueName, reachable } from './queue-url.ts';

/** The queue that a member names by its ARN; undefined when it is not given. One that no queue can have is not there. */
export function queueByArn(input: Input, name: string, caller: Caller): QueueKey | undefined {
  const arn = input.text(name);
  if (arn === undefined || arn === '') return undefined;
  const queue = parseQueueArn(arn);
  const isOurs = queue !== undefined && queue.region === caller.region && isQueueName(queue.name);
  return isOurs ? reachable(caller, queue) : refuse(noResource(name));
}
