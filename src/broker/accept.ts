import type { MessageId } from '../base/ids.ts';
import { attributesMd5, attributesSizeBytes } from '../message/attribute.ts';
import { bodyMd5, type Message } from '../message/message.ts';
import type { SendEntry, Sent } from './broker.ts';

/** The message that an entry becomes when it is accepted at this time (whole milliseconds) under this id. */
export function acceptedMessage(entry: SendEntry, sentAtMs: number, id: MessageId): Message {
  const { body, attributes, senderId, traceHeader, groupId, deduplicationId } = entry;
  const digest = attributesMd5(attributes);
  return {
    id,
    body,
    bodyMd5: bodyMd5(body),
    attributes,
    ...(digest !== undefined && { attributesMd5: digest }),
    sizeBytes: Buffer.byteLength(body) + attributesSizeBytes(attributes),
    sentAtMs,
    senderId,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
  };
}

/** What the sender of an accepted message learns: under which id it is known, which on a FIFO queue the law has given. */
export function sentOf(
  { bodyMd5: digest, attributesMd5: attributesDigest }: Message,
  { id, sequenceNumber }: Pick<Message, 'id' | 'sequenceNumber'>,
): Sent {
  return {
    id,
    bodyMd5: digest,
    ...(attributesDigest !== undefined && { attributesMd5: attributesDigest }),
    ...(sequenceNumber !== undefined && { sequenceNumber }),
  };
}
