import { InvokeCommand } from '@aws-sdk/client-lambda';
import { median, rounded, type Bench } from './figure.ts';
import { BenchPlatform } from './platform.ts';

const PAIRS = 10;

/** With options of its own for the program no function gets one that was started ahead. */
const STARTED_FROM_NOTHING = { NODE_OPTIONS: '--no-deprecation' };

/** First answers of functions that have no environment yet: in the full sandbox, and unsandboxed. */
export const cold: Bench = {
  name: 'cold',
  what: 'cold start of a Node function in the full sandbox, beside the same command line unsandboxed',
  async run({ progress, tell }) {
    await using walled = await BenchPlatform.start(['--isolation', 'bubblewrap']);
    await using bare = await BenchPlatform.start(['--isolation', 'bare']);
    const times: number[] = [];
    const floors: number[] = [];
    for (let pair = 0; pair <= PAIRS; pair += 1) {
      progress(`cold: pair ${pair} of ${PAIRS}`);
      const floor = await firstAnswerMs(bare, `cold-${pair}`);
      const time = await firstAnswerMs(walled, `cold-${pair}`);
      if (pair === 0) continue;
      floors.push(floor);
      times.push(time);
    }
    const ratio = median(times.map((time, pair) => time / (floors[pair] ?? Number.NaN)));
    tell([
      {
        ...{ name: 'cold start, Node, full sandbox', value: rounded(median(times)), unit: 'ms' },
        ...{
          floor: rounded(median(floors)),
          ratio: rounded(ratio),
          target: '<= 1.5 x unsandboxed',
          kept: ratio <= 1.5,
        },
      },
    ]);
  },
};

async function firstAnswerMs(platform: BenchPlatform, name: string): Promise<number> {
  await platform.deploy('sleep', name, { variables: STARTED_FROM_NOTHING });
  const startMs = performance.now();
  await platform.functions.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{"ms":0}') }));
  return performance.now() - startMs;
}
