import type { ReceiveQuery } from '../../broker/broker.ts';
import { attributesMd5 } from '../../message/attribute.ts';
import type { Delivery } from '../../message/message.ts';
import type { QueueKey } from '../../message/queue-key.ts';
import { RECEIVE_COUNT, VISIBILITY_SECONDS, WAIT_SECONDS } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import { orRefuse, type Output, type SqsAction, type SqsContext } from './action.ts';
import { readId, refuseOtherType } from './fifo-members.ts';
import { numberWithin, secondsWithin } from './members.ts';
import { pickAttributes, writeAttributes } from './message-attributes.ts';
import { isFifoName, queueOf } from './queue-url.ts';
import { readSystemNames, writeSystemAttributes } from './system-attributes.ts';

const ATTEMPT = 'ReceiveRequestAttemptId';

/** Undefined is left out but for clients of the Query protocol that take JSON: they look for `messages`. */
const NOTHING: Output = Object.freeze({ Messages: undefined });

/**
 * ReceiveMessage: `QueueUrl`, `MaxNumberOfMessages`, `VisibilityTimeout`, `WaitTimeSeconds`, `AttributeNames`,
 * `MessageSystemAttributeNames`, `MessageAttributeNames`, `ReceiveRequestAttemptId` → `Messages`, left out when there are none.
 */
export const receiveMessage: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const query = { ...readQuery(input, context), ...readAttempt(input, queue) };
  const systemNames = readSystemNames(input);
  const attributeNames = input.textList('MessageAttributeNames') ?? [];
  const deliveries = orRefuse(await context.broker.receive(queue, query));
  if (deliveries.length === 0) return NOTHING;
  return { Messages: deliveries.map((delivery) => writeMessage(delivery, systemNames, attributeNames)) };
};

function readQuery(input: Input, context: SqsContext): ReceiveQuery {
  const maximum = numberWithin(input, 'MaxNumberOfMessages', RECEIVE_COUNT) ?? 1;
  const visibilityMs = secondsWithin(input, 'VisibilityTimeout', VISIBILITY_SECONDS);
  const waitMs = secondsWithin(input, 'WaitTimeSeconds', WAIT_SECONDS);
  return {
    maximum,
    holder: 'client',
    ...(visibilityMs !== undefined && { visibilityMs }),
    ...(waitMs !== undefined && { waitMs }),
    ...(waitMs !== 0 && { signal: context.request.signal }),
  };
}

function writeMessage(
  delivery: Delivery,
  systemNames: readonly string[],
  attributeNames: readonly string[],
): NonNullable<Output> {
  const { message } = delivery;
  const picked = attributeNames.length === 0 ? undefined : pickAttributes(message.attributes, attributeNames);
  const whole = picked === message.attributes;
  return {
    MessageId: message.id,
    ReceiptHandle: delivery.receipt,
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    Attributes: writeSystemAttributes(delivery, systemNames),
    MD5OfMessageAttributes: whole ? message.attributesMd5 : picked && attributesMd5(picked),
    MessageAttributes: picked && writeAttributes(picked),
  };
}

/** On a FIFO queue a receive may be tried again under the same id. */
function readAttempt(input: Input, queue: QueueKey): Pick<ReceiveQuery, 'attemptId'> {
  const attemptId = readId(input, ATTEMPT);
  if (attemptId === undefined) return {};
  return isFifoName(queue.name) ? { attemptId } : refuseOtherType(ATTEMPT, attemptId);
}
