import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageId, ReceiptHandle } from '../base/ids.ts';
import { attributesMd5 } from '../message/attribute.ts';
import { bodyMd5, type Delivery, type Message } from '../message/message.ts';
import { sqsEvent, sqsRecord } from './event.ts';

const queue = { account: '123456789012', region: 'us-east-2', name: 'my-queue' };

function delivery(given: Partial<Message>): Delivery {
  const message: Message = {
    id: '059f36b4-87a3-44ab-83d2-661975830a7d' as MessageId,
    body: 'Test message.',
    bodyMd5: bodyMd5(given.body ?? 'Test message.'),
    attributes: {},
    sizeBytes: 13,
    sentAtMs: 1545082649183.4,
    senderId: 'AIDAIENQZJOLO23YVJ4VO',
    ...given,
  };
  const receipt = 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...' as ReceiptHandle;
  return { message, receipt, receiveCount: 1, firstReceivedAtMs: 1545082649185.9 };
}

/** The example of the Lambda developer guide, with the digest of its attribute. */
function example(digest: string): unknown {
  return {
    Records: [
      {
        messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
        receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
        body: 'Test message.',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '1545082649183',
          SenderId: 'AIDAIENQZJOLO23YVJ4VO',
          ApproximateFirstReceiveTimestamp: '1545082649185',
        },
        messageAttributes: {
          Author: {
            stringValue: 'John Grisham',
            stringListValues: [],
            binaryListValues: [],
            dataType: 'String',
          },
        },
        md5OfMessageAttributes: digest,
        md5OfBody: bodyMd5('Test message.'),
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
        awsRegion: 'us-east-2',
      },
    ],
  };
}

test('an event equals the example of AWS, byte by byte', () => {
  const attributes = { Author: { dataType: 'String', stringValue: 'John Grisham' } };
  const digest = attributesMd5(attributes) ?? '';
  const event = sqsEvent([sqsRecord(queue, delivery({ attributes, attributesMd5: digest }))]);
  assert.equal(Buffer.from(event).toString(), JSON.stringify(example(digest)));
});

test('a message without attributes has an empty object and no digest of them', () => {
  const record = JSON.parse(sqsRecord(queue, delivery({}))) as Record<string, unknown>;
  assert.deepEqual(record['messageAttributes'], {});
  assert.equal('md5OfMessageAttributes' in record, false);
});

test('binary attributes are base64, and any body survives', () => {
  const body = 'quote " backslash \\ newline \n snowman ☃ lone \ud800 end';
  const attributes = { Raw: { dataType: 'Binary.png', binaryValue: Buffer.from([0, 255]) } };
  const record = JSON.parse(sqsRecord(queue, delivery({ body, attributes })));
  assert.equal(record.body, body);
  assert.deepEqual(record.messageAttributes.Raw, {
    binaryValue: 'AP8=',
    stringListValues: [],
    binaryListValues: [],
    dataType: 'Binary.png',
  });
});

test('group, sequence, deduplication, trace and dead-letter source are text among the attributes', () => {
  const record = JSON.parse(
    sqsRecord(
      queue,
      delivery({
        groupId: 'g',
        sequenceNumber: '00000000000000000001',
        deduplicationId: 'd',
        traceHeader: 'Root=1',
        deadLetterSourceArn: 'arn:aws:sqs:us-east-2:123456789012:source',
      }),
    ),
  );
  assert.deepEqual(record.attributes, {
    ApproximateReceiveCount: '1',
    AWSTraceHeader: 'Root=1',
    SentTimestamp: '1545082649183',
    SequenceNumber: '00000000000000000001',
    MessageGroupId: 'g',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    MessageDeduplicationId: 'd',
    ApproximateFirstReceiveTimestamp: '1545082649185',
    DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-2:123456789012:source',
  });
});

test('several records stand in one list', () => {
  const record = sqsRecord(queue, delivery({}));
  const event = JSON.parse(Buffer.from(sqsEvent([record, record])).toString());
  assert.equal(event.Records.length, 2);
});
