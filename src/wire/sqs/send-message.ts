import { orRefuse, refuse, type SqsAction } from './action.ts';
import { queueOf } from './queue-url.ts';
import { readSendEntry, sizeLimitBytes, writeSent } from './send-entry.ts';

/**
 * SendMessage: `QueueUrl`, `MessageBody`, `DelaySeconds`, `MessageAttributes`, `MessageSystemAttributes`, `MessageGroupId`,
 * `MessageDeduplicationId` → `MessageId`, `MD5OfMessageBody`, `MD5OfMessageAttributes`, `MD5OfMessageSystemAttributes`,
 * `SequenceNumber`.
 */
export const sendMessage: SqsAction = async (input, context) => {
  const queue = queueOf(input, context);
  const read = readSendEntry(input, context, queue);
  const { entry, sizeBytes } = read;
  const limitBytes = sizeLimitBytes(context.broker, queue, sizeBytes);
  if (sizeBytes > limitBytes) {
    refuse({
      kind: 'invalid-parameter',
      message: `One or more parameters are invalid. Reason: Message must be shorter than ${limitBytes} bytes.`,
    });
  }
  const [sent] = orRefuse(await context.broker.send(queue, [entry]));
  return sent && writeSent(sent, read);
};
