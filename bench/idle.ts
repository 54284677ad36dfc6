import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { median, rounded, type Bench } from './figure.ts';
import { BenchPlatform } from './platform.ts';
import { JIFFIES_PER_S, usage } from './usage.ts';

const STARTS = 5;
const WATCHED_S = 10;
/** The processes that start environments go some time after the last of them: first those that wait, then who starts them. */
const SPAWNER_REST_MS = 23_000;

/** What the platform costs while nothing runs, and how soon it answers. */
export const idle: Bench = {
  name: 'idle',
  what: 'memory and processor time when idle; time from bin/millrace up to the first answer',
  async run({ progress, tell }) {
    const startsMs: number[] = [];
    for (let start = 1; start <= STARTS; start += 1) {
      progress(`idle: start ${start} of ${STARTS}`);
      startsMs.push(await firstAnswerMs());
    }
    await using platform = await BenchPlatform.start(['--idle', '1']);
    await platform.deploy('sleep', 'once');
    await platform.functions.send(new InvokeCommand({ FunctionName: 'once', Payload: Buffer.from('{}') }));
    progress('idle: waiting for the last environment to go');
    await environmentsGone(platform);
    const before = usage(platform);
    await sleep(WATCHED_S * 1000);
    const after = usage(platform);
    const coreShare = (100 * (after.jiffies - before.jiffies)) / JIFFIES_PER_S / WATCHED_S;
    const startMs = median(startsMs);
    tell([
      {
        name: 'idle memory, all processes (PSS)',
        value: rounded(after.pssMb),
        unit: 'MB',
        target: '<= 150 MB',
        kept: after.pssMb <= 150,
      },
      {
        name: 'idle processor time',
        value: rounded(coreShare),
        unit: '% of a core',
        target: '<= 0.5 %',
        kept: coreShare <= 0.5,
      },
      {
        name: 'up -> first answer',
        value: rounded(startMs),
        unit: 'ms',
        target: '<= 400 ms',
        kept: startMs <= 400,
      },
    ]);
  },
};

async function firstAnswerMs(): Promise<number> {
  const startMs = performance.now();
  await using platform = await BenchPlatform.start();
  const response = await fetch(`${platform.endpoint}/2015-03-31/functions`);
  await response.text();
  return performance.now() - startMs;
}

async function environmentsGone(platform: BenchPlatform): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const status = (await (await fetch(`${platform.endpoint}/_millrace/status`)).json()) as {
      environments: { running: number };
    };
    if (status.environments.running === 0) return sleep(SPAWNER_REST_MS);
    await sleep(500);
  }
  throw new Error('an environment is still there');
}
