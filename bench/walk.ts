import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
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
  async run(progress) {
    await using platform = await BenchPlatform.start();
    const reports = await measure(platform, progress);
    const fromSend = reports.map((report) => report.enteredMs - report.sentMs);
    const fromAnswer = reports.map((report) => report.enteredMs - report.acknowledgedMs);
    return [
      figure('send -> handler entered, p50', fromSend, 50, '< 2 ms', 2),
      figure('send -> handler entered, p99', fromSend, 99, '< 10 ms', 10),
      figure('acknowledged -> handler entered, p50', fromAnswer, 50, '< 2 ms', 2),
    ];
  },
};

async function measure(platform: BenchPlatform, progress: (line: string) => void): Promise<Report[]> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the report listener has no port');
  await platform.deploy('enter', 'enter', { variables: { REPORT_PORT: String(address.port) } });
  const arn = await ensureQueue(platform.queues, 'walk');
  await ensureMapping(platform.functions, arn, 'enter');
  const queueUrl = `${platform.endpoint}/000000000000/walk`;
  const nextReport = reports(listener);
  const measured: Report[] = [];
  for (let sent = 0; sent < WARM_UP + MESSAGES; sent += 1) {
    if (sent % 100 === 0) progress(`walk: message ${sent} of ${WARM_UP + MESSAGES}`);
    const sentMs = nowMs();
    await platform.queues.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: String(sentMs) }));
    const acknowledgedMs = nowMs();
    const enteredMs = Number((await nextReport()).split(' ')[1]);
    if (sent >= WARM_UP) measured.push({ sentMs, acknowledgedMs, enteredMs });
  }
  listener.close();
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
