import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { setTimeout as pause } from 'node:timers/promises';
import { median, percentile, rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { echoTimesMs } from './echo.ts';
import type { Built } from './languages.ts';

const EVENTS = 2000;
/** Of the last ones: when nobody sends any more, and programs are warm. */
const COUNTED = 1000;
const SENDERS = 32;
const LOOK_MS = 100;
const MOST_LOOKS = 3000;

/**
 * One environment, one event after the other out of the inbox, without a client in between: from the handing over of an event
 * until its answer, beside a socket's echo that rests as little.
 */
export async function backToBack(built: Built): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  await built.deploy(platform, 'fed');
  const one = { FunctionName: 'fed', ReservedConcurrentExecutions: 1 };
  await platform.functions.send(new PutFunctionConcurrencyCommand(one));
  let left = EVENTS;
  const senders = Array.from({ length: SENDERS }, async () => {
    while ((left -= 1) >= 0) await sendEvent(platform);
  });
  await Promise.all(senders);
  const times = (await allReported(platform)).slice(-COUNTED);
  const echo = median(await echoTimesMs(COUNTED, 0));
  const [time, ratio] = [median(times), median(times) / echo];
  return [
    {
      ...{ name: 'warm, back to back', value: rounded(time), unit: 'ms', floor: rounded(echo) },
      ...{ ratio: rounded(ratio), target: '<= 2 x socket echo', kept: ratio <= 2 },
    },
    {
      ...{ name: 'warm, back to back, p99', value: rounded(percentile(times, 99)), unit: 'ms' },
      ...{ target: 'told', kept: true },
    },
  ];
}

async function sendEvent(platform: BenchPlatform): Promise<void> {
  const response = await fetch(`${platform.endpoint}/2015-03-31/functions/fed/invocations`, {
    method: 'POST',
    headers: { 'X-Amz-Invocation-Type': 'Event' },
    body: '{"ms":0}',
  });
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`an event was answered with ${response.status}`);
}

/** The durations of all events, once all have run. */
async function allReported(platform: BenchPlatform): Promise<readonly number[]> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const response = await fetch(`${platform.endpoint}/_millrace/logs?function=fed&limit=100000`);
    const lines = (await response.json()) as readonly { readonly text: string }[];
    const times = lines.flatMap(({ text }) => /^REPORT .*?\tDuration: ([\d.]+) ms/.exec(text)?.[1] ?? []);
    if (times.length >= EVENTS) return times.map(Number);
    await pause(LOOK_MS);
  }
  throw new Error('the events did not run');
}
