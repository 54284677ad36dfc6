import { setTimeout as pause } from 'node:timers/promises';
import { rounded, type Figure } from '../figure.ts';
import { memoryMb } from '../usage.ts';
import { createQueue, drive } from './drive.ts';
import type { Target } from './target.ts';

/** As long as a FIFO queue remembers what it accepted. */
const FULL_SECONDS = 300;
const SHORT_SECONDS = 15;
const CONNECTIONS = 32;
const LEAST_OF_STANDARD = 0.6;
const REST_MS = 1000;

/** Full cycles in tens over 1,000 message groups of a FIFO queue, beside the same on a standard queue. */
export async function fifo(
  target: Target,
  isFull: boolean,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const seconds = isFull ? FULL_SECONDS : SHORT_SECONDS;
  const work = { work: 'tens', connections: CONNECTIONS } as const;
  await createQueue(target, 'beside');
  await createQueue(target, 'groups.fifo');
  progress('queue: FIFO: the standard queue beside it');
  const before = await drive(target, { ...work, seconds: SHORT_SECONDS, queue: 'beside' });
  progress(`queue: FIFO: 1,000 groups for ${seconds} s`);
  const idleMb = memoryMb(target.pid);
  const ours = await drive(target, { ...work, seconds, queue: 'groups.fifo' });
  const aboveMb = memoryMb(target.pid) - idleMb;
  await pause(REST_MS);
  const after = await drive(target, { ...work, seconds: SHORT_SECONDS, queue: 'beside' });
  const floor = (before.rate + after.rate) / 2;
  const ratio = rounded(ours.rate / floor);
  const how = isFull ? 'five minutes' : `${seconds} s only: --full for five minutes`;
  const cpu = ours.serverMsPerThousand;
  const floorCpu = (before.serverMsPerThousand + after.serverMsPerThousand) / 2;
  return [
    {
      ...{ name: `FIFO in tens, 1,000 groups (${how})`, value: Math.round(ours.rate), unit: '/s' },
      ...{ floor: Math.round(floor), ratio },
      ...{ target: `>= ${LEAST_OF_STANDARD} x standard`, kept: ratio >= LEAST_OF_STANDARD },
    },
    {
      ...{ name: 'FIFO in tens: server CPU for 1,000', value: rounded(cpu), unit: 'ms' },
      ...{ floor: rounded(floorCpu), ratio: rounded(cpu / floorCpu), target: 'told', kept: true },
    },
    {
      ...{ name: 'FIFO: memory above what it began with', value: Math.round(aboveMb), unit: 'MB' },
      ...{ target: 'told', kept: true },
    },
  ];
}
