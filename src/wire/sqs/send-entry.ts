import type { Broker, SendEntry, Sent } from '../../broker/broker.ts';
import { attributesMd5, attributesSizeBytes, type MessageAttribute } from '../../message/attribute.ts';
import type { QueueKey } from '../../message/queue-key.ts';
import { DELAY_SECONDS, MESSAGE_SIZE_BYTES } from '../../queue/limits.ts';
import { joinedTrace } from '../../function/lineage.ts';
import { carriedTrace } from '../carried-trace.ts';
import type { Input } from '../input.ts';
import { orRefuse, refuse, type Output, type SqsContext } from './action.ts';
import type { BatchEntry } from './batch.ts';
import { readId, refuseOtherType } from './fifo-members.ts';
import { secondsWithin } from './members.ts';
import { refuseForbidden } from './message-body.ts';
import { readAttribute, readMessageAttributes } from './message-attributes.ts';
import { isFifoName } from './queue-url.ts';

const TRACE_HEADER = 'AWSTraceHeader';
const GROUP = 'MessageGroupId';
const DEDUPLICATION = 'MessageDeduplicationId';
const BODY = 'MessageBody';

/** What a message with nothing beside its body comes with. */
const PLAIN = ['Id', BODY, 'QueueUrl'];

/** A message to send, and what its answer needs. */
export interface ReadEntry {
  readonly entry: SendEntry;
  /** The trace that the sender named as a system attribute. */
  readonly namedTrace: string | undefined;
  readonly sizeBytes: number;
}

/**
 * Reads `MessageBody`, `DelaySeconds`, `MessageAttributes`, `MessageSystemAttributes`, `MessageGroupId`
 * and `MessageDeduplicationId`, of a request or of one entry of a batch, which is `batchEntry` then.
 */
export function readSendEntry(
  input: Input,
  context: SqsContext,
  queue: QueueKey,
  batchEntry?: BatchEntry,
): ReadEntry {
  const body = input.text(BODY);
  if (body === '') return refuse({ kind: 'missing-parameter', name: BODY, isOfEntry: true });
  if (body === undefined) {
    const name = batchEntry === undefined ? BODY : `${batchEntry.name}.${BODY}`;
    return refuse({ kind: 'missing-parameter', name });
  }
  refuseForbidden(body, 'message body');
  const isPlain = input.hasOnly(PLAIN);
  const attributes = isPlain ? {} : readMessageAttributes(input);
  const namedTrace = isPlain ? undefined : readTraceHeader(input);
  const traceHeader = joinedTrace(namedTrace, carriedTrace(context.request, context.caller));
  const places = isFifoName(queue.name)
    ? readFifoPlace(input, context, queue)
    : isPlain
      ? {}
      : readPlace(input);
  const { caller } = context;
  const entry: SendEntry = {
    body,
    attributes,
    senderId: caller.accessKeyId || caller.account,
    ...(traceHeader !== undefined && { traceHeader }),
    ...places,
  };
  return { entry, namedTrace, sizeBytes: Buffer.byteLength(body) + attributesSizeBytes(attributes) };
}

type Place = Pick<SendEntry, 'delayMs' | 'groupId' | 'deduplicationId'>;

/** Of a message to a standard queue: its delay, and perhaps whose it is. */
function readPlace(input: Input): Place {
  const delayMs = secondsWithin(input, 'DelaySeconds', DELAY_SECONDS);
  const groupId = readId(input, GROUP);
  const deduplicationId = input.text(DEDUPLICATION);
  if (deduplicationId !== undefined) refuseOtherType(DEDUPLICATION, deduplicationId);
  return { ...(delayMs !== undefined && { delayMs }), ...(groupId !== undefined && { groupId }) };
}

/** Of a message to a FIFO queue: its group, and the id by which duplicates of it are known. The delay is the queue's. */
function readFifoPlace(input: Input, context: SqsContext, queue: QueueKey): Place {
  const delayMs = secondsWithin(input, 'DelaySeconds', DELAY_SECONDS) ?? 0;
  if (delayMs > 0) refuseOtherType('DelaySeconds', delayMs / 1000);
  const groupId = readId(input, GROUP);
  if (groupId === undefined) return refuse({ kind: 'missing-parameter', name: GROUP });
  const deduplicationId = readId(input, DEDUPLICATION);
  if (deduplicationId !== undefined) return { groupId, deduplicationId };
  refuseWithoutContent(context, queue);
  return { groupId };
}

/** Refuses a message without a deduplication id to a queue where its content does not stand for one. */
function refuseWithoutContent(context: SqsContext, queue: QueueKey): void {
  const { settings } = orRefuse(context.broker.describe(queue));
  if (settings.fifo?.contentBasedDeduplication === true) return;
  refuse({
    kind: 'invalid-parameter',
    message:
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  });
}

/**
 * Refuses a batch with an entry for a FIFO queue that names no group, or neither a deduplication id nor content that stands for
 * one: the whole of it, as AWS does. An empty text names nothing.
 */
export function refuseWithoutPlace(
  context: SqsContext,
  queue: QueueKey,
  entries: readonly { readonly input: Input }[],
): void {
  if (!isFifoName(queue.name)) return;
  if (!entries.every(({ input }) => input.text(GROUP))) {
    refuse({ kind: 'invalid-parameter', message: `The request must contain the parameter ${GROUP}.` });
  }
  if (!entries.every(({ input }) => input.text(DEDUPLICATION))) refuseWithoutContent(context, queue);
}

/** The longest message that a queue takes, asked for only when `sizeBytes` is above what every queue takes. */
export function sizeLimitBytes(broker: Broker, queue: QueueKey, sizeBytes: number): number {
  if (sizeBytes <= MESSAGE_SIZE_BYTES.least) return MESSAGE_SIZE_BYTES.least;
  return orRefuse(broker.describe(queue)).settings.maximumMessageSizeBytes;
}

/** What a sender is told of one accepted message. */
export function writeSent(sent: Sent, { namedTrace }: Pick<ReadEntry, 'namedTrace'>): NonNullable<Output> {
  return {
    MessageId: sent.id,
    MD5OfMessageBody: sent.bodyMd5,
    MD5OfMessageAttributes: sent.attributesMd5,
    MD5OfMessageSystemAttributes: namedTrace === undefined ? undefined : traceMd5(namedTrace),
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
