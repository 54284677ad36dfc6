import { bodyMd5, type Message } from '../message/message.ts';
import type { MessageId, QueueId } from '../base/ids.ts';
import type { Change, MessageState } from './change.ts';
import type { PageQuery, QueueStore, StoredQueue } from './queue-store.ts';

/** When the contract takes place. */
export const NOW_MS = 1_700_000_000_000;
/** The queue that most of it is about. */
export const QUEUE = 7 as QueueId;
/** Another one. */
export const OTHER = 8 as QueueId;
/** A message that waits. */
export const WAITING: MessageState = {
  visibleAtMs: NOW_MS,
  holder: 'nobody',
  receiveCount: 0,
  firstReceivedAtMs: 0,
  leasedAtMs: 0,
};
/** A message that a client holds. */
export const LEASED: MessageState = {
  visibleAtMs: NOW_MS + 30_000,
  holder: 'client',
  receiveCount: 1,
  firstReceivedAtMs: NOW_MS + 1,
  leasedAtMs: NOW_MS + 1,
};

/** A message with this body and nothing else. */
export function plain(body = 'body'): Message {
  const id = '00000000-0000-4000-8000-000000000000' as MessageId;
  const sizeBytes = Buffer.byteLength(body);
  return {
    id,
    body,
    bodyMd5: bodyMd5(body),
    attributes: {},
    sizeBytes,
    sentAtMs: NOW_MS,
    senderId: 'sender',
  };
}

/** A message with everything in it. */
export function strange(): Message {
  return {
    ...plain('{"quoted": "\u0000\n\u2028 ü 漢 🦀"}'),
    attributes: {
      __proto__x: { dataType: 'String.label', stringValue: 'ü "' },
      bytes: { dataType: 'Binary', binaryValue: Uint8Array.of(0, 255, 128) },
    },
    attributesMd5: 'digest',
    traceHeader: 'Root=1',
    groupId: 'group',
    deduplicationId: 'once',
    sequenceNumber: '00000000000000000001',
    deadLetterSourceArn: 'arn:aws:sqs:us-east-1:000000000000:source',
  };
}

/** Hidden by nobody until then. */
export function visibleAt(visibleAtMs: number): MessageState {
  return { ...WAITING, visibleAtMs };
}

/** A message joins. */
export function addedAt(order: number, message: Message, state = WAITING): Change {
  return { kind: 'message-added', queue: QUEUE, order, message, state };
}

/** A message stands elsewhere. */
export function moved(order: number, state: MessageState): Change {
  return { kind: 'message-moved', queue: QUEUE, order, state };
}

/** A message leaves. */
export function removed(order: number): Change {
  return { kind: 'message-removed', queue: QUEUE, order };
}

/** All up to this place leave. */
export function purged(throughOrder: number): Change {
  return { kind: 'purged', queue: QUEUE, throughOrder };
}

/** A queue is there. */
export function written(queue: QueueId, definition: string): Change {
  return { kind: 'queue-written', queue, definition };
}

/** What a queue counts. */
export function counted(queue: QueueId, messages: number, nextOrder: number): Change {
  return { kind: 'counted', queue, messages, nextOrder };
}

/** All that waits. */
export function line(more: Partial<PageQuery> = {}): PageQuery {
  const after = { visibleAtMs: 0, order: 0 };
  return { queue: QUEUE, after, visibleBeforeMs: Infinity, limit: 100, limitSizeBytes: 1e9, ...more };
}

/** The places of all that waits, in line. */
export async function ordersOf(store: QueueStore): Promise<number[]> {
  return [...(await store.page(line())).messages].map(({ order }) => order);
}

/** A queue with nothing in it, but for this. */
export function empty(queue: QueueId, more: Partial<StoredQueue>): StoredQueue {
  const nothing = { definition: '', messages: 0, nextOrder: 1, leases: [], delayed: [] };
  return {
    queue,
    ...nothing,
    oldestSentAtMs: undefined,
    firstVisibleAtMs: undefined,
    hasLanes: false,
    ...more,
  };
}
