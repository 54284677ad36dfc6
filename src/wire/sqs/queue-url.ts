import type { QueueKey } from '../../message/queue-key.ts';
import type { Caller } from '../caller.ts';
import type { Input } from '../input.ts';
import { refuse, type SqsContext } from './action.ts';
import { requiredText } from './members.ts';

const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}$/;
const ACCOUNT = /^\d{12}$/;
const FIFO_SUFFIX = '.fifo';
const FIFO_NAME = /^[A-Za-z0-9_-]{1,75}\.fifo$/;

/** The address under which clients name a queue. */
export function queueUrl(context: SqsContext, queue: QueueKey): string {
  return `${context.origin}/${queue.account}/${queue.name}`;
}

/** What stands in the place of the account at some other servers: the queue is the caller's. */
const NO_ACCOUNT = 'queue';

/**
 * The queue of a request's QueueUrl: its last two path parts are account and name, whatever host they stand behind.
 * A bare name is a queue of the caller, and so is `/queue/NAME`. What names no account and no queue is no address.
 */
export function queueOf(input: Input, context: SqsContext): QueueKey {
  const given = requiredText(input, 'QueueUrl');
  const url = given.endsWith('/') ? given.slice(0, -1) : given;
  const nameAt = url.lastIndexOf('/') + 1;
  const name = url.slice(nameAt);
  const { account: own, region } = context.caller;
  const part = url.slice(url.lastIndexOf('/', nameAt - 2) + 1, Math.max(0, nameAt - 1));
  const account = nameAt === 0 || part === NO_ACCOUNT ? own : part;
  if (!ACCOUNT.test(account)) return refuse({ kind: 'invalid-address', address: given });
  if (isQueueName(name)) return reachable(context.caller, { account, region, name });
  return refuse(nameAt === 0 ? { kind: 'invalid-address', address: given } : { kind: 'no-such-queue' });
}

/** The queue, if the caller reaches its account: code in an environment reaches its own alone. */
export function reachable(caller: Caller, queue: QueueKey): QueueKey {
  const foreign = caller.environmentId !== undefined && queue.account !== caller.account;
  return foreign ? refuse({ kind: 'foreign-account', account: queue.account }) : queue;
}

/** True for names a queue can have: 1 to 80 letters, digits, hyphens and underscores; the suffix of FIFO counts. */
export function isQueueName(name: string): boolean {
  return QUEUE_NAME.test(name) || isFifoName(name);
}

/** True for names that only a FIFO queue can have. */
export function isFifoName(name: string): boolean {
  return name.endsWith(FIFO_SUFFIX) && FIFO_NAME.test(name);
}
