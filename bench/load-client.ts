import { connect, type Socket } from 'node:net';

/** What one load gave. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  /** Of single requests, in milliseconds, at most 100,000 of them. */
  readonly latenciesMs: readonly number[];
}

/**
 * A process of its own that sends one SendMessage after the other on each of its connections:
 * `load-client.ts HOST PORT QUEUE_URL CONNECTIONS SECONDS BODY_BYTES`. Prints a LoadResult as JSON.
 */
const [host = '', port = '', queueUrl = '', connections = '', seconds = '', bodyBytes = ''] =
  process.argv.slice(2);
/** Where the first digit of the status stands in `HTTP/1.1 200`, and that digit. */
const STATUS_PLACE = 9;
const TWO_HUNDREDS = '2'.charCodeAt(0);
const latenciesMs: number[] = [];
let requests = 0;
let failures = 0;

const payload = JSON.stringify({ QueueUrl: queueUrl, MessageBody: 'x'.repeat(Number(bodyBytes)) });
const request = Buffer.from(
  `POST / HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/x-amz-json-1.0\r\n` +
    `X-Amz-Target: AmazonSQS.SendMessage\r\nx-amzn-query-mode: true\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`,
);

const endMs = performance.now() + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(connections) }, () => drive(connect(Number(port), host))));
process.stdout.write(JSON.stringify({ requests, failures, seconds: Number(seconds), latenciesMs }));

/** One request in flight at a time until the time is over. All answers to one load have the same length. */
function drive(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let answerBytes = 0;
    let receivedBytes = 0;
    let first = Buffer.alloc(0);
    let sentMs = 0;
    const next = (): void => {
      sentMs = performance.now();
      if (sentMs >= endMs) socket.end(resolve);
      else socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      if (receivedBytes === 0 && chunk[STATUS_PLACE] !== TWO_HUNDREDS) failures += 1;
      receivedBytes += chunk.length;
      if (answerBytes === 0) {
        first = Buffer.concat([first, chunk]);
        answerBytes = lengthOf(first.toString('latin1'));
      }
      if (answerBytes === 0 || receivedBytes < answerBytes) return;
      requests += 1;
      if (latenciesMs.length < 100_000) latenciesMs.push(performance.now() - sentMs);
      receivedBytes = 0;
      next();
    });
  });
}

/** The whole length of an answer whose head is there; 0 before that. */
function lengthOf(answer: string): number {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd === -1) return 0;
  return headEnd + 4 + Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? '0');
}
