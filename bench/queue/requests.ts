import type { Task } from './target.ts';

/** The bytes of requests, and where receipts stand in an answer. */
export interface Requests {
  send(messages: readonly Outgoing[]): string;
  /** Waits so many seconds for a message; where nothing is said, as the queue does. */
  receive(maximum: number, waitS?: number): string;
  remove(receipts: readonly string[]): string;
  /** The receipts in the body of a receive's answer. */
  receiptsIn(body: string): readonly string[];
}

/** A message to send; group and id on a FIFO queue alone. */
export interface Outgoing {
  readonly body: string;
  readonly group?: string;
  readonly id?: string;
}

/** Writes the requests of a task. A list of one goes as the action for one. */
export function requestsOf(task: Task): Requests {
  return task.protocol === 'json' ? jsonRequests(task) : queryRequests(task);
}

function jsonRequests({ host, port, queueUrl }: Task): Requests {
  const request = (action: string, input: object): string => {
    const body = JSON.stringify({ QueueUrl: queueUrl, ...input });
    return (
      `POST / HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/x-amz-json-1.0\r\n` +
      `X-Amz-Target: AmazonSQS.${action}\r\nx-amzn-query-mode: true\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    );
  };
  return {
    send: ([first, ...more]) =>
      more.length === 0
        ? request('SendMessage', jsonMessage(first))
        : request('SendMessageBatch', { Entries: entries([first, ...more], jsonMessage) }),
    receive: (MaxNumberOfMessages, WaitTimeSeconds) =>
      request('ReceiveMessage', { MaxNumberOfMessages, WaitTimeSeconds }),
    remove: ([first, ...more]) =>
      more.length === 0
        ? request('DeleteMessage', { ReceiptHandle: first })
        : request('DeleteMessageBatch', {
            Entries: entries([first, ...more], (ReceiptHandle) => ({ ReceiptHandle })),
          }),
    receiptsIn: (body) => between(body, '"ReceiptHandle":"', '"', '"ReceiptHandle": "'),
  };
}

function jsonMessage(message: Outgoing | undefined): object {
  const { body, group, id } = message ?? { body: '' };
  return { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: id };
}

function entries<Item>(items: readonly Item[], write: (item: Item) => object): object[] {
  return items.map((item, index) => ({ Id: String(index), ...write(item) }));
}

function queryRequests({ host, port, queueUrl }: Task): Requests {
  const path = new URL(queueUrl).pathname;
  const request = (action: string, members: Readonly<Record<string, string>>): string => {
    const body = new URLSearchParams({
      Action: action,
      Version: '2012-11-05',
      QueueUrl: queueUrl,
      ...members,
    });
    const text = body.toString();
    return (
      `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${text.length}\r\n\r\n${text}`
    );
  };
  return {
    send: (messages) =>
      messages.length === 1
        ? request('SendMessage', queryMessage(messages[0], ''))
        : request('SendMessageBatch', listed(messages, 'SendMessageBatchRequestEntry', queryMessage)),
    receive: (maximum, waitS) =>
      request('ReceiveMessage', {
        MaxNumberOfMessages: String(maximum),
        ...(waitS !== undefined && { WaitTimeSeconds: String(waitS) }),
      }),
    remove: (receipts) =>
      receipts.length === 1
        ? request('DeleteMessage', { ReceiptHandle: receipts[0] ?? '' })
        : request(
            'DeleteMessageBatch',
            listed(receipts, 'DeleteMessageBatchRequestEntry', (receipt, before) => ({
              [`${before}ReceiptHandle`]: receipt,
            })),
          ),
    receiptsIn: (body) => between(body, '<ReceiptHandle>', '</ReceiptHandle>'),
  };
}

function queryMessage(message: Outgoing | undefined, before: string): Record<string, string> {
  const { body, group, id } = message ?? { body: '' };
  return {
    [`${before}MessageBody`]: body,
    ...(group !== undefined && { [`${before}MessageGroupId`]: group }),
    ...(id !== undefined && { [`${before}MessageDeduplicationId`]: id }),
  };
}

function listed<Item>(
  items: readonly Item[],
  name: string,
  write: (item: Item, before: string) => Record<string, string>,
): Record<string, string> {
  const all = items.map((item, index) => {
    const before = `${name}.${index + 1}.`;
    return { [`${before}Id`]: String(index), ...write(item, before) };
  });
  return Object.assign({}, ...all) as Record<string, string>;
}

/** Every text between two marks. `spaced` is the first mark as some servers write it. */
function between(body: string, mark: string, end: string, spaced = mark): readonly string[] {
  const found: string[] = [];
  const start = body.includes(mark) ? mark : spaced;
  for (let at = body.indexOf(start); at !== -1; at = body.indexOf(start, at)) {
    const from = at + start.length;
    at = body.indexOf(end, from);
    found.push(body.slice(from, at));
  }
  return found;
}
