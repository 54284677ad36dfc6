import { signedHeaders, type SigningKeys } from './aws-signature.ts';

/** One message to be sent. */
export interface Outgoing {
  readonly body: string;
  readonly delaySeconds: number;
}

/** Sends up to ten messages to the queue of that name, and resolves when all of them are durable there. */
export type SendToQueue = (queue: string, messages: readonly Outgoing[]) => Promise<void>;

const PATIENCE_MS = 5000;

/**
 * A sender over SQS's JSON protocol, without the AWS SDK, whose loading would cost a function more time than all else
 * that it loads. Rejects when a queue does not exist or anything was not taken.
 */
export function queueSender(endpoint: string, keys: SigningKeys): SendToQueue {
  const url = new URL('/', endpoint);
  const urls = new Map<string, string>();
  const ask = (action: string, parameters: object): Promise<Readonly<Record<string, unknown>>> =>
    post(url, keys, action, parameters);
  return async (queue, messages) => {
    const QueueUrl = urls.get(queue) ?? String((await ask('GetQueueUrl', { QueueName: queue }))['QueueUrl']);
    urls.set(queue, QueueUrl);
    const Entries = messages.map(({ body, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: body,
      ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
    }));
    const { Failed } = await ask('SendMessageBatch', { QueueUrl, Entries });
    if (Array.isArray(Failed) && Failed.length > 0)
      throw new Error(`The queue ${queue} refused ${Failed.length} messages: ${JSON.stringify(Failed[0])}`);
  };
}

async function post(
  url: URL,
  keys: SigningKeys,
  action: string,
  parameters: object,
): Promise<Readonly<Record<string, unknown>>> {
  const body = JSON.stringify(parameters);
  const headers = signedHeaders(
    {
      url,
      body,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      now: new Date(),
    },
    keys,
  );
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(url, { method: 'POST', body, headers, signal });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action} was answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** A sender by the variables that every environment has; undefined where there are none. */
export function senderOfEnvironment(variables: NodeJS.ProcessEnv): SendToQueue | undefined {
  const endpoint = variables['AWS_ENDPOINT_URL'];
  if (endpoint === undefined) return undefined;
  return queueSender(endpoint, {
    accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? 'ads',
    secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? 'ads-secret',
    sessionToken: variables['AWS_SESSION_TOKEN'],
    region: variables['AWS_REGION'] ?? 'us-east-1',
  });
}
