import type { Delivery } from '../../message/message.ts';
import type { Input } from '../input.ts';

type Write = (delivery: Delivery) => string | undefined;

/** What a receiver may ask to be told beside body and user attributes; all values are text. */
const SYSTEM_ATTRIBUTES: Readonly<Record<string, Write>> = {
  SenderId: ({ message }) => message.senderId,
  SentTimestamp: ({ message }) => wholeMs(message.sentAtMs),
  ApproximateReceiveCount: ({ receiveCount }) => String(receiveCount),
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAtMs }) => wholeMs(firstReceivedAtMs),
  SequenceNumber: ({ message }) => message.sequenceNumber,
  MessageDeduplicationId: ({ message }) => message.deduplicationId,
  MessageGroupId: ({ message }) => message.groupId,
  AWSTraceHeader: ({ message }) => message.traceHeader,
  DeadLetterQueueSourceArn: ({ message }) => message.deadLetterSourceArn,
};

const ALL = Object.keys(SYSTEM_ATTRIBUTES);

/** The names asked for by `AttributeNames` and `MessageSystemAttributeNames`; `All` is all of them. AWS passes over what it does not know. */
export function readSystemNames(input: Input): readonly string[] {
  const older = input.textList('AttributeNames') ?? [];
  const newer = input.textList('MessageSystemAttributeNames') ?? [];
  const asked = older.length === 0 ? newer : [...older, ...newer];
  if (asked.includes('All')) return ALL;
  return asked.every(isKnown) ? asked : asked.filter(isKnown);
}

function isKnown(name: string): boolean {
  return Object.hasOwn(SYSTEM_ATTRIBUTES, name);
}

/** The system attributes of these names that the message has; undefined when it has none of them. */
export function writeSystemAttributes(
  delivery: Delivery,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  let written: Record<string, string> | undefined;
  for (const name of names) {
    const value = SYSTEM_ATTRIBUTES[name]?.(delivery);
    if (value !== undefined) (written ??= {})[name] = value;
  }
  return written;
}

function wholeMs(timeMs: number): string {
  return String(Math.floor(timeMs));
}
