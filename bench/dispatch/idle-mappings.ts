import { setTimeout as pause } from 'node:timers/promises';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { ensureQueue } from '../../src/deploy/trigger.ts';
import { rounded, type Figure } from '../figure.ts';
import { BenchPlatform } from '../platform.ts';
import { JIFFIES_PER_S, usage } from '../usage.ts';

const FUNCTIONS = 1000;
const AT_ONCE = 8;
const REST_MS = 15_000;
const WATCHED_S = 10;

/** What a thousand functions cost, each with a queue of its own, while nothing arrives. */
export async function idleMappings(progress: (line: string) => void): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start(['--idle', '1']);
  let made = 0;
  const make = async (): Promise<void> => {
    while (made < FUNCTIONS) {
      made += 1;
      const name = `idle-${made}`;
      if (made % 100 === 0) progress(`dispatch: function ${made} of ${FUNCTIONS}`);
      await platform.deploy('return', name);
      const EventSourceArn = await ensureQueue(platform.queues, name);
      await platform.functions.send(
        new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: name }),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, make));
  progress('dispatch: a thousand mappings rest');
  await pause(REST_MS);
  const before = usage(platform);
  await pause(WATCHED_S * 1000);
  const after = usage(platform);
  const share = (100 * (after.jiffies - before.jiffies)) / JIFFIES_PER_S / WATCHED_S;
  const names = `${FUNCTIONS} idle functions with mappings`;
  return [
    { name: `${names}: CPU`, value: rounded(share), unit: '% of a core', target: '<= 1 %', kept: share <= 1 },
    {
      ...{ name: `${names}: memory (PSS)`, value: rounded(after.pssMb), unit: 'MB' },
      ...{ target: '<= 300 MB', kept: after.pssMb <= 300 },
    },
  ];
}
