import type { MessageAttribute } from '../message/attribute.ts';
import type { Delivery } from '../message/message.ts';
import { queueArn, type QueueKey } from '../message/queue-key.ts';

/**
 * One record of the event that AWS Lambda gives a function for an SQS message, as JSON text.
 * Written by hand because it is made once per message: names and order as recorded from AWS,
 * every value in `attributes` a string.
 */
export function sqsRecord(queue: QueueKey, delivery: Delivery): string {
  const { message } = delivery;
  const digest =
    message.attributesMd5 === undefined ? '' : `"md5OfMessageAttributes":"${message.attributesMd5}",`;
  return (
    `{"messageId":"${message.id}","receiptHandle":${JSON.stringify(delivery.receipt)},` +
    `"body":${JSON.stringify(message.body)},"attributes":${systemAttributes(delivery)},` +
    `"messageAttributes":${userAttributes(message.attributes)},${digest}"md5OfBody":"${message.bodyMd5}",` +
    `"eventSource":"aws:sqs","eventSourceARN":${JSON.stringify(queueArn(queue))},` +
    `"awsRegion":${JSON.stringify(queue.region)}}`
  );
}

/** The whole event, JSON bytes. */
export function sqsEvent(records: readonly string[]): Uint8Array {
  return Buffer.from(`{"Records":[${records.join(',')}]}`);
}

function systemAttributes(delivery: Delivery): string {
  const { message } = delivery;
  const written = [`"ApproximateReceiveCount":"${delivery.receiveCount}"`];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) written.push(`"${name}":${JSON.stringify(value)}`);
  };
  add('AWSTraceHeader', message.traceHeader);
  add('SentTimestamp', wholeMs(message.sentAtMs));
  add('SequenceNumber', message.sequenceNumber);
  add('MessageGroupId', message.groupId);
  add('SenderId', message.senderId);
  add('MessageDeduplicationId', message.deduplicationId);
  add('ApproximateFirstReceiveTimestamp', wholeMs(delivery.firstReceivedAtMs));
  add('DeadLetterQueueSourceArn', message.deadLetterSourceArn);
  return `{${written.join(',')}}`;
}

function wholeMs(timeMs: number): string {
  return String(Math.floor(timeMs));
}

function userAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string {
  const names = Object.keys(attributes);
  if (names.length === 0) return '{}';
  return JSON.stringify(
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, userAttribute(value)])),
  );
}

function userAttribute(attribute: MessageAttribute): Record<string, unknown> {
  const value =
    'stringValue' in attribute
      ? { stringValue: attribute.stringValue }
      : { binaryValue: Buffer.from(attribute.binaryValue).toString('base64') };
  return { ...value, stringListValues: [], binaryListValues: [], dataType: attribute.dataType };
}
