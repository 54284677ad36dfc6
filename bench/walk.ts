import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { ensureMapping, ensureQueue } from '../src/deploy/trigger.ts';
import { percentile, rounded, type Bench, type Figure } from './figure.ts';
import { BenchPlatform } from './platform.ts';

const WARM_UP = 50;
const MESSAGES = 500;

interface Report {
  readonly sentMs: number;
  readonly acknowledgedMs: number;
  readonly enteredMs: number;
}

/** From a client's send to the entered handler of a warm function. */
export const walk: Bench = {
  name: 'walk',
  what: 'send -> handler entered, warm function, one message at a time',
  async run({ progress, tell }) {
    await using platform = await BenchPlatform.start();
    const ways = await openWays(platform);
    const bySdk = await measure(ways, sdkSender(platform), progress);
    using plain = await plainSender(platform);
    const byBytes = await measure(ways, plain, progress);
    ways.close();
    const fromSend = (all: readonly Report[]): number[] => all.map((one) => one.enteredMs - one.sentMs);
    const fromAnswer = bySdk.map((report) => report.enteredMs - report.acknowledgedMs);
    tell([
      figure('send -> handler entered, p50', fromSend(bySdk), 50, '< 2 ms', 2),
      figure('send -> handler entered, p99', fromSend(bySdk), 99, '< 10 ms', 10),
      figure('acknowledged -> handler entered, p50', fromAnswer, 50, '< 2 ms', 2),
      figure('request written -> handler entered, p50', fromSend(byBytes), 50, '< 1 ms', 1),
      figure('request written -> handler entered, p99', fromSend(byBytes), 99, '< 5 ms', 5),
    ]);
  },
};

/** What the handler reports, as it comes. */
interface Ways {
  readonly nextReport: () => Promise<string>;
  close(): void;
}

/** Sends one message; resolves when it is acknowledged. */
interface Sender {
  send(body: string): Promise<void>;
}

async function openWays(platform: BenchPlatform): Promise<Ways> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the report listener has no port');
  await platform.deploy('enter', 'enter', { variables: { REPORT_PORT: String(address.port) } });
  const arn = await ensureQueue(platform.queues, 'walk');
  await ensureMapping(platform.functions, arn, 'enter');
  return { nextReport: reports(listener), close: () => listener.close() };
}

/** By the AWS SDK, whose own work is part of what is measured. */
function sdkSender(platform: BenchPlatform): Sender {
  const QueueUrl = queueUrlOf(platform);
  return {
    send: async (MessageBody) =>
      void (await platform.queues.send(new SendMessageCommand({ QueueUrl, MessageBody }))),
  };
}

/** By bytes on a connection that stays open, for which a client does nothing more. */
async function plainSender(platform: BenchPlatform): Promise<Sender & Disposable> {
  const { hostname, port, host } = new URL(platform.endpoint);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  const head =
    `POST / HTTP/1.1\r\nHost: ${host}\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n` +
    'Content-Type: application/x-amz-json-1.0\r\n';
  return {
    send: async (MessageBody) => {
      const body = JSON.stringify({ QueueUrl: queueUrlOf(platform), MessageBody });
      socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error(answer.toString());
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

function queueUrlOf({ endpoint }: BenchPlatform): string {
  return `${endpoint}/000000000000/walk`;
}

async function measure(
  { nextReport }: Ways,
  sender: Sender,
  progress: (line: string) => void,
): Promise<Report[]> {
  const measured: Report[] = [];
  for (let sent = 0; sent < WARM_UP + MESSAGES; sent += 1) {
    if (sent % 100 === 0) progress(`walk: message ${sent} of ${WARM_UP + MESSAGES}`);
    const sentMs = nowMs();
    await sender.send(String(sentMs));
    const acknowledgedMs = nowMs();
    const enteredMs = Number((await nextReport()).split(' ')[1]);
    if (sent >= WARM_UP) measured.push({ sentMs, acknowledgedMs, enteredMs });
  }
  return measured;
}

/**
 * The reports as they come, in order. Each environment has a connection of its own: the next message may be sent before the
 * environment of the last one is free, and goes to another then.
 */
function reports(listener: Server): () => Promise<string> {
  const lines: string[] = [];
  let arrived = Promise.withResolvers<void>();
  listener.on('connection', (socket: Socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      lines.push(line);
      arrived.resolve();
    });
  });
  return async () => {
    while (lines.length === 0) {
      arrived = Promise.withResolvers();
      await arrived.promise;
    }
    return lines.shift() ?? '';
  };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function figure(
  name: string,
  values: readonly number[],
  percent: number,
  target: string,
  mostMs: number,
): Figure {
  const value = percentile(values, percent);
  return { name, value: rounded(value), unit: 'ms', target, kept: value < mostMs };
}
