import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { median, percentile, rounded, type Bench, type Figure } from './figure.ts';
import { load, startNullServer } from './load.ts';
import { BenchPlatform } from './platform.ts';

const PAIRS = 5;
const SECONDS = 3;

/** Sends over HTTP: the rate of 64 connections beside a null server's, and the latency of one idle sender. */
export const sends: Bench = {
  name: 'sends',
  what: 'single sends over HTTP, synced, beside a null server',
  async run({ progress, tell }) {
    await using platform = await BenchPlatform.start();
    using nothing = await startNullServer();
    const queueUrl =
      (await platform.queues.send(new CreateQueueCommand({ QueueName: 'bench' }))).QueueUrl ?? '';
    const rates: number[] = [];
    const floors: number[] = [];
    for (let pair = 1; pair <= PAIRS; pair += 1) {
      progress(`sends: pair ${pair} of ${PAIRS}`);
      floors.push(await rate(nothing.endpoint, queueUrl));
      rates.push(await rate(platform.endpoint, queueUrl));
    }
    const ratio = median(rates.map((each, pair) => each / (floors[pair] ?? Number.NaN)));
    tell([
      {
        ...{ name: 'sends, 64 connections', value: Math.round(median(rates)), unit: '/s' },
        ...{
          floor: Math.round(median(floors)),
          ratio: rounded(ratio),
          target: '>= 0.5 x null',
          kept: ratio >= 0.5,
        },
      },
    ]);
    progress('sends: one sender, idle broker');
    tell([await oneSender(platform, queueUrl)]);
  },
};

async function rate(endpoint: string, queueUrl: string): Promise<number> {
  const result = await load({ endpoint, queueUrl, connections: 64, seconds: SECONDS });
  return result.requests / result.seconds;
}

async function oneSender(platform: BenchPlatform, queueUrl: string): Promise<Figure> {
  const result = await load({ endpoint: platform.endpoint, queueUrl, connections: 1, seconds: SECONDS });
  const p50 = percentile(result.latenciesMs, 50);
  return {
    name: 'send, one sender, p50',
    value: rounded(p50),
    unit: 'ms',
    target: '<= 1.5 ms',
    kept: p50 <= 1.5,
  };
}
