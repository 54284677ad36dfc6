import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** What a request may say. */
interface Input {
  readonly MessageBody?: string;
  readonly MaxNumberOfMessages?: number;
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody?: string }[];
}

/** What every receive brings: as long as what the benches send. */
const BODY = 'x'.repeat(200);
const BODY_MD5 = md5(BODY);

const ACTIONS: Readonly<Record<string, (input: Input) => object | undefined>> = {
  SendMessage: ({ MessageBody }) => sent(MessageBody),
  SendMessageBatch: ({ Entries = [] }) => ({
    Successful: Entries.map(({ Id, MessageBody }) => ({ Id, ...sent(MessageBody) })),
  }),
  ReceiveMessage: ({ MaxNumberOfMessages = 1 }) => ({
    Messages: Array.from({ length: MaxNumberOfMessages }, () => ({
      ...{ MessageId: randomUUID(), ReceiptHandle: randomUUID(), MD5OfBody: BODY_MD5, Body: BODY },
    })),
  }),
  DeleteMessage: () => undefined,
  DeleteMessageBatch: ({ Entries = [] }) => ({ Successful: Entries.map(({ Id }) => ({ Id })) }),
};

/** The calibration: the same protocol, read and answered, with no law and no store behind it. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const action = ACTIONS[String(request.headers['x-amz-target']).slice('AmazonSQS.'.length)];
    const output = action?.(JSON.parse(Buffer.concat(chunks).toString()) as Input);
    const body = output === undefined ? '' : JSON.stringify(output);
    response.writeHead(action === undefined ? 400 : 200, [
      ...['Content-Type', 'application/x-amz-json-1.0', 'x-amzn-RequestId', randomUUID()],
      ...['Content-Length', String(Buffer.byteLength(body))],
    ]);
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});

function sent(body = ''): object {
  return { MessageId: randomUUID(), MD5OfMessageBody: md5(body) };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
