import type { Handed } from '../history.ts';

/** What code inside an environment sees of an invocation. */
export interface Seen {
  readonly messages: readonly Handed[];
  /** The payload, when it is none of messages. */
  readonly event?: string;
  /** Something in it brings the environment down. */
  readonly isPoisoned: boolean;
}

interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A body that brings down what handles it. */
export const POISON = 'poison';

/** Reads the payload of an invocation. */
export function seenBy(payload: Uint8Array): Seen {
  const event = Buffer.from(payload).toString();
  const isPoisoned = event.includes(POISON);
  const read = JSON.parse(event) as { readonly Records?: readonly SqsRecord[] };
  if (read.Records === undefined) return { messages: [], event, isPoisoned };
  return { messages: read.Records.map(handedOf), isPoisoned };
}

function handedOf({ messageId, receiptHandle, body, attributes }: SqsRecord): Handed {
  const { MessageGroupId: groupId, SequenceNumber: sequenceNumber } = attributes;
  return {
    ...{ id: messageId, receipt: receiptHandle, body },
    receiveCount: Number(attributes['ApproximateReceiveCount']),
    ...(groupId !== undefined && { groupId }),
    ...(sequenceNumber !== undefined && { sequenceNumber }),
  };
}
