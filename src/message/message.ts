import { hash } from 'node:crypto';
import type { MessageId, ReceiptHandle } from '../base/ids.ts';
import type { MessageAttributes } from './attribute.ts';

/** A message as it was accepted. Nobody changes it; what happens to it later is the queue's business. */
export interface Message {
  readonly id: MessageId;
  readonly body: string;
  /** Hex MD5 of the body's UTF-8 bytes. */
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes;
  /** Hex MD5 of the attributes; absent when there are none. */
  readonly attributesMd5?: string;
  /** Body and attributes in bytes, as SQS counts them against the limit. */
  readonly sizeBytes: number;
  /** When the send was accepted (SentTimestamp). */
  readonly sentAtMs: number;
  /** Who sent it (SenderId): the access key id or account of the request. */
  readonly senderId: string;
  /** AWSTraceHeader, the one system attribute a sender may set. */
  readonly traceHeader?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** 20 digits, on FIFO queues. */
  readonly sequenceNumber?: string;
  /** ARN of the queue it came from, once it is a dead letter (DeadLetterQueueSourceArn). */
  readonly deadLetterSourceArn?: string;
}

/** A message handed out by one receive. */
export interface Delivery {
  readonly message: Message;
  readonly receipt: ReceiptHandle;
  /** This receive included. */
  readonly receiveCount: number;
  readonly firstReceivedAtMs: number;
}

/** Hex MD5 of a body, as SendMessage answers it. */
export function bodyMd5(body: string): string {
  return hash('md5', body);
}
