import { SendMessageBatchCommand, SQSClient, type BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { collected } from './collected.ts';

/**
 * Whether a message is durable in the queue. `refused`: surely not now, perhaps later. `rejected`: the queue was reached
 * and never takes this message. `unknown`: no answer came.
 */
export type SendOutcome = 'posted' | 'refused' | 'rejected' | 'unknown';

/** Sends up to ten bodies in one request and answers what became of each, in their order. May reject: all unknown. */
export type SendBatch = (bodies: readonly string[]) => Promise<readonly SendOutcome[]>;

/** A broker that does not answer in this time is taken to be away: then the spool is quicker. */
const PATIENCE_MS = 1000;
const CONNECTIONS = 32;
/** Failures in which the request surely never reached the broker. */
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * A client that tries once: what fails is the spool's. It gives up a connection on which the broker says nothing for
 * `patienceMs`. An ad server's processor time is for the most part this client's, so it leaves out what nobody needs: signals
 * and handlers made anew for each request, a stream for each answer, and the header that names the SDK.
 */
export function sendingClient(endpoint: string | undefined, patienceMs = PATIENCE_MS): SQSClient {
  const client = new SQSClient({
    ...(endpoint === undefined ? {} : { endpoint }),
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    credentials: {
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'ads',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'ads-secret',
    },
    maxAttempts: 1,
    cacheMiddleware: true,
    streamCollector: collected,
    requestHandler: {
      connectionTimeout: PATIENCE_MS,
      socketTimeout: patienceMs,
      httpAgent: { keepAlive: true, maxSockets: CONNECTIONS },
    },
  });
  client.middlewareStack.remove('getUserAgentMiddleware');
  return client;
}

/** Sends to the queue at `queueUrl` by SendMessageBatch; each answer is waited for as long as the client waits. */
export function sendToQueue(client: SQSClient, queueUrl: string): SendBatch {
  return async (bodies) => {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
    try {
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const done = new Set(answer.Successful?.map((entry) => entry.Id));
      const failed = new Map(answer.Failed?.map((entry) => [entry.Id, entry]));
      return bodies.map((_, index) =>
        done.has(String(index)) ? 'posted' : outcomeOfEntry(failed.get(String(index))),
      );
    } catch (error) {
      return bodies.map(() => outcomeOfRequest(error));
    }
  };
}

function outcomeOfEntry(failed: BatchResultErrorEntry | undefined): SendOutcome {
  if (failed === undefined) return 'unknown';
  return failed.SenderFault === true ? 'rejected' : 'refused';
}

/** An answer in the 400s refused the request; without an answer, or with a 500, nobody knows. */
function outcomeOfRequest(error: unknown): SendOutcome {
  const failure = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = failure.$metadata?.httpStatusCode;
  if (status !== undefined && status >= 400 && status < 500) return 'refused';
  return NEVER_ARRIVED.has(String(failure.code)) ? 'refused' : 'unknown';
}
