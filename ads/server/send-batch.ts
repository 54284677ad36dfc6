import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Whether the click is durable in the channel: `unknown` when no answer came. */
export type PostOutcome = 'posted' | 'refused' | 'unknown';

/** Sends up to ten bodies in one request and answers what became of each, in their order. May reject: all unknown. */
export type SendBatch = (bodies: readonly string[]) => Promise<readonly PostOutcome[]>;

/** Failures in which the request surely never reached the broker. */
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Sends to the queue at `queueUrl` by SendMessageBatch. */
export function sendToQueue(client: SQSClient, queueUrl: string): SendBatch {
  return async (bodies) => {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
    try {
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const done = new Set(answer.Successful?.map((entry) => entry.Id));
      return bodies.map((_, index) => (done.has(String(index)) ? 'posted' : 'refused'));
    } catch (error) {
      return bodies.map(() => outcomeOf(error));
    }
  };
}

/** An answer in the 400s refused the request; without an answer, or with a 500, nobody knows. */
function outcomeOf(error: unknown): PostOutcome {
  const failure = error as { code?: unknown; $metadata?: { httpStatusCode?: number; attempts?: number } };
  const status = failure.$metadata?.httpStatusCode;
  const tries = failure.$metadata?.attempts ?? 1;
  if (tries > 1) return 'unknown';
  if (status !== undefined && status >= 400 && status < 500) return 'refused';
  return NEVER_ARRIVED.has(String(failure.code)) ? 'refused' : 'unknown';
}
