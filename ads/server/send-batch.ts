import type { QueueWire, WireAnswer } from './queue-wire.ts';

/**
 * Whether a message is durable in the queue. `refused`: surely not now, perhaps later. `rejected`: the queue was reached
 * and never takes this message. `unknown`: no answer came.
 */
export type SendOutcome = 'posted' | 'refused' | 'rejected' | 'unknown';

/** Sends up to ten bodies in one request and answers what became of each, in their order. May reject: all unknown. */
export type SendBatch = (bodies: readonly string[]) => Promise<readonly SendOutcome[]>;

/** Failures in which the request surely never reached the broker. */
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Sends to the queue at `queueUrl` by SendMessageBatch; waits `patienceMs` for each answer, if that is given. */
export function sendToQueue(wire: QueueWire, queueUrl: string, patienceMs?: number): SendBatch {
  return async (bodies) => {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
    try {
      return outcomesOf(await wire.ask(queueUrl, 'SendMessageBatch', { Entries }, patienceMs), bodies.length);
    } catch (error) {
      const { code } = error as { code?: unknown };
      return bodies.map(() => (NEVER_ARRIVED.has(String(code)) ? 'refused' : 'unknown'));
    }
  };
}

interface BatchResult {
  readonly Successful?: readonly { readonly Id: string }[];
  readonly Failed?: readonly { readonly Id: string; readonly SenderFault?: boolean }[];
}

/** An answer in the 400s refused the whole request; after one in the 500s nobody knows. Throws when it is no JSON. */
function outcomesOf({ status, body }: WireAnswer, count: number): readonly SendOutcome[] {
  if (status !== 200) return Array.from({ length: count }, () => (status < 500 ? 'refused' : 'unknown'));
  const { Successful = [], Failed = [] } = JSON.parse(body) as BatchResult;
  const outcomes = Array.from({ length: count }, (): SendOutcome => 'unknown');
  for (const { Id } of Successful) outcomes[Number(Id)] = 'posted';
  for (const { Id, SenderFault } of Failed)
    outcomes[Number(Id)] = SenderFault === true ? 'rejected' : 'refused';
  return outcomes;
}
