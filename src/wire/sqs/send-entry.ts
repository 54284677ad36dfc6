import type { Broker, SendEntry, Sent } from '../../broker/broker.ts';
import { attributesMd5, attributesSizeBytes, type MessageAttribute } from '../../message/attribute.ts';
import type { QueueKey } from '../../message/queue-key.ts';
import { DELAY_SECONDS, MESSAGE_SIZE_BYTES } from '../../queue/limits.ts';
import type { Caller } from '../caller.ts';
import type { Input } from '../input.ts';
import { orRefuse, refuse, type Output } from './action.ts';
import { secondsWithin } from './members.ts';
import { hasForbiddenCharacter } from './message-body.ts';
import { readAttribute, readMessageAttributes } from './message-attributes.ts';

const TRACE_HEADER = 'AWSTraceHeader';
const GROUP_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** A message to send, and what its answer needs. */
export interface ReadEntry {
  readonly entry: SendEntry;
  readonly sizeBytes: number;
}

/**
 * Reads `MessageBody`, `DelaySeconds`, `MessageAttributes`, `MessageSystemAttributes`, `MessageGroupId`
 * and `MessageDeduplicationId`, of a request or of one entry of a batch.
 */
export function readSendEntry(input: Input, caller: Caller, bodyName = 'MessageBody'): ReadEntry {
  const body = input.text('MessageBody');
  if (body === undefined || body === '') return refuse({ kind: 'missing-parameter', name: bodyName });
  if (hasForbiddenCharacter(body)) return refuse({ kind: 'invalid-message-contents' });
  const attributes = readMessageAttributes(input);
  const delayMs = secondsWithin(input, 'DelaySeconds', DELAY_SECONDS);
  const traceHeader = readTraceHeader(input);
  const groupId = readId(input, 'MessageGroupId');
  refuseDeduplication(input);
  const entry: SendEntry = {
    body,
    attributes,
    senderId: caller.accessKeyId || caller.account,
    ...(delayMs !== undefined && { delayMs }),
    ...(traceHeader !== undefined && { traceHeader }),
    ...(groupId !== undefined && { groupId }),
  };
  return { entry, sizeBytes: Buffer.byteLength(body) + attributesSizeBytes(attributes) };
}

/** The longest message that a queue takes, asked for only when `sizeBytes` is above what every queue takes. */
export function sizeLimitBytes(broker: Broker, queue: QueueKey, sizeBytes: number): number {
  if (sizeBytes <= MESSAGE_SIZE_BYTES.least) return MESSAGE_SIZE_BYTES.least;
  return orRefuse(broker.describe(queue)).settings.maximumMessageSizeBytes;
}

/** What a sender is told of one accepted message. */
export function writeSent(sent: Sent, entry: SendEntry): NonNullable<Output> {
  return {
    MessageId: sent.id,
    MD5OfMessageBody: sent.bodyMd5,
    MD5OfMessageAttributes: sent.attributesMd5,
    MD5OfMessageSystemAttributes: entry.traceHeader === undefined ? undefined : traceMd5(entry.traceHeader),
    SequenceNumber: sent.sequenceNumber,
  };
}

function traceMd5(traceHeader: string): string | undefined {
  return attributesMd5({ [TRACE_HEADER]: { dataType: 'String', stringValue: traceHeader } });
}

function readTraceHeader(input: Input): string | undefined {
  const given = input.map('MessageSystemAttributes');
  if (given === undefined) return undefined;
  let traceHeader: MessageAttribute | undefined;
  for (const [name, member] of given) {
    if (name !== TRACE_HEADER) {
      return refuse({
        kind: 'invalid-parameter',
        message: `Message system attribute name '${name}' is invalid: AWSTraceHeader is the only one that can be sent.`,
      });
    }
    traceHeader = readAttribute(name, member);
  }
  if (traceHeader === undefined) return undefined;
  if ('stringValue' in traceHeader && traceHeader.dataType === 'String') return traceHeader.stringValue;
  return refuse({
    kind: 'invalid-parameter',
    message: `Message system attribute '${TRACE_HEADER}' must be of type String.`,
  });
}

function readId(input: Input, name: string): string | undefined {
  const id = input.text(name);
  if (id === undefined || GROUP_ID.test(id)) return id;
  return refuse({
    kind: 'invalid-value',
    value: id,
    parameter: name,
    reason: `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  });
}

function refuseDeduplication(input: Input): void {
  const value = input.text('MessageDeduplicationId');
  if (value === undefined) return;
  refuse({
    kind: 'invalid-value',
    value,
    parameter: 'MessageDeduplicationId',
    reason: 'The request include parameter that is not valid for this queue type.',
  });
}
