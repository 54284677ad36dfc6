import type { BenchOptions, Figure } from '../figure.ts';
import { figure } from './figures.ts';
import { WAITING } from './filling.ts';
import { ScratchData } from './scratch.ts';

const MOST_GROWTH = 1.05;

/** A backlog that was drained leaves its room to the next one. */
export async function reuse(
  progress: (line: string) => void,
  { scratch, messages }: BenchOptions,
): Promise<readonly Figure[]> {
  using data = new ScratchData(scratch);
  const filling = { ...WAITING, messages: Math.ceil(messages / 10), drains: true };
  await data.fill(filling, progress, 'to be drained');
  const firstBytes = data.sizeBytes;
  await data.fill({ ...filling, drains: false }, progress, 'again');
  const growth = data.sizeBytes / firstBytes;
  return [
    figure(
      'file after a second backlog',
      data.sizeBytes / 1e6,
      'MB',
      `<= ${MOST_GROWTH} x the first`,
      growth <= MOST_GROWTH,
      {
        floor: firstBytes / 1e6,
        ratio: growth,
      },
    ),
  ];
}
