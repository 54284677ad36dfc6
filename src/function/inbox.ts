import type { RequestId } from '../base/ids.ts';
import type { MessageAttribute, MessageAttributes } from '../message/attribute.ts';
import type { Message } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { FunctionKey } from './function.ts';

/** An event that somebody handed over without waiting for its answer. */
export interface AsyncEvent {
  /** The event, JSON text. */
  readonly payload: string;
  /** The same for every attempt. */
  readonly requestId: RequestId;
  /** JSON text. */
  readonly clientContext?: string;
  /** The version or alias that was named. */
  readonly qualifier?: string;
  /** The trace that it belongs to. */
  readonly traceId?: string;
}

/**
 * The internal queue of a function's asynchronous events. Its name holds a `:`, which no user's queue
 * can have, so that it is never listed and never collides.
 */
export function inboxKey(key: FunctionKey): QueueKey {
  return { account: key.account, region: key.region, name: `inbox:${key.name}` };
}

/** How often an event is tried again after the function failed on it (AWS: 2). */
export const INBOX_RETRIES = 2;

/** How long an event is kept while it cannot be delivered (AWS: six hours). */
export const INBOX_EVENT_AGE_MS = 21_600_000;

/** The wait before attempt 2 is one minute, before attempt 3 two minutes (AWS). `attempts` have been made. */
export function inboxRetryDelayMs(attempts: number): number {
  return attempts * 60_000;
}

/** The event as a message: the payload unchanged as its body, the rest as attributes. */
export function sealEvent(event: AsyncEvent): {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string;
} {
  const attributes: Record<string, MessageAttribute> = {
    requestId: { dataType: 'String', stringValue: event.requestId },
  };
  for (const name of ['clientContext', 'qualifier'] as const) {
    const stringValue = event[name];
    if (stringValue !== undefined) attributes[name] = { dataType: 'String', stringValue };
  }
  const { payload, traceId } = event;
  return { body: payload, attributes, ...(traceId !== undefined && { traceHeader: traceId }) };
}

/** The event in a message of an inbox. A message that somebody else put there gets its own id as request id. */
export function openEvent(message: Message): AsyncEvent {
  const clientContext = textOf(message.attributes['clientContext']);
  const qualifier = textOf(message.attributes['qualifier']);
  return {
    payload: message.body,
    requestId: (textOf(message.attributes['requestId']) ?? message.id) as RequestId,
    ...(clientContext === undefined ? {} : { clientContext }),
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(message.traceHeader === undefined ? {} : { traceId: message.traceHeader }),
  };
}

function textOf(attribute: MessageAttribute | undefined): string | undefined {
  return attribute !== undefined && 'stringValue' in attribute ? attribute.stringValue : undefined;
}
