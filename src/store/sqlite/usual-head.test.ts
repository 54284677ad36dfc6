import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MessageId } from '../../base/ids.ts';
import type { Message } from '../../message/message.ts';
import { decodeMessage, encodeHead } from './message-code.ts';
import { readUsualHead } from './usual-head.ts';

const HEX = '0123456789abcdef';
const NO_NULL = { noNullPrototype: true };
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('null', '"', '\\', ',', ']'),
);

const message: fc.Arbitrary<Message> = fc.record(
  {
    id: fc.oneof(fc.uuid(), text).map((id) => id as MessageId),
    body: text,
    bodyMd5: fc.string({ unit: fc.constantFrom(...HEX), minLength: 32, maxLength: 32 }),
    sizeBytes: fc.nat(),
    sentAtMs: fc.oneof(fc.nat(2 ** 45), fc.constantFrom(0.5, -1)),
    senderId: text,
    attributes: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      fc.record(
        { name: fc.record({ dataType: fc.constant('String'), stringValue: text }, NO_NULL) },
        NO_NULL,
      ),
    ),
    attributesMd5: text,
    traceHeader: text,
    groupId: text,
    deduplicationId: text,
    sequenceNumber: text,
    deadLetterSourceArn: text,
  },
  {
    requiredKeys: ['id', 'body', 'bodyMd5', 'sizeBytes', 'sentAtMs', 'senderId', 'attributes'],
    noNullPrototype: true,
  },
);

/** A message's bytes with others around them. */
function encoded(of: Message): {
  readonly bytes: Buffer;
  readonly startAt: number;
  readonly headBytes: number;
} {
  const head = Buffer.from(encodeHead(of));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const around = Buffer.from('"around"');
  const bytes = Buffer.concat([around, length, head, Buffer.from(of.body), around]);
  return { bytes, startAt: around.length, headBytes: head.length };
}

function decoded(of: Message): Message {
  const { bytes, startAt } = encoded(of);
  return decodeMessage(bytes, startAt, bytes.length - startAt);
}

test('a message is read as it was written, whatever is in it', () => {
  fc.assert(
    fc.property(message, (each) => {
      assert.deepEqual(decoded(each), each);
    }),
  );
});

test('the usual messages of both kinds of queues need no JSON to be read', () => {
  const plain: Message = {
    ...{ id: 'a2f5a3b0-6f0e-4b8e-9a55-0d6d1f1f3d11' as MessageId, body: 'Grüße', bodyMd5: HEX + HEX },
    ...{ sizeBytes: 7, sentAtMs: 1_795_000_000_000, senderId: '000000000000', attributes: {} },
  };
  const ordered = {
    ...plain,
    groupId: 'group',
    deduplicationId: 'once',
    sequenceNumber: '1'.padStart(20, '0'),
  };
  for (const each of [plain, ordered]) {
    const { bytes, startAt, headBytes } = encoded(each);
    const headAt = startAt + 4;
    const head = bytes.toString('latin1', headAt, headAt + headBytes);
    assert.deepEqual(readUsualHead(head, each.body), each);
  }
});
