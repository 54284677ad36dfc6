import fc from 'fast-check';
import { test } from 'node:test';
import { BUNDLE_SIZES } from '../store/sqlite/bundle-cutter.ts';
import { holdsOnFifo } from './fixture/fifo-runs.ts';
import { holdsOnStandard } from './fixture/standard-runs.ts';
import { TablesDisk } from './fixture/tables-disk.ts';
import { anyWindow, TINY } from './fixture/windows.ts';

const tiny = fc.constant(TINY);
const runs = 80;

for (const sizes of [BUNDLE_SIZES, { fewest: 1, most: 3 }]) {
  const disk = (): TablesDisk => new TablesDisk(sizes);
  const name = `in bundles of ${sizes.fewest} to ${sizes.most}`;

  test(`on the tables of the real store, ${name}, no message is lost, out twice or back`, () => {
    holdsOnStandard({ runs, disk, window: tiny });
    holdsOnStandard({ runs, disk, window: anyWindow, retentionMs: 60_000 });
  });

  test(`on the tables of the real store, ${name}, the same holds with message groups of which one is noisy`, () => {
    const groups = ['noisy', 'noisy', 'noisy', 'quiet', 'other', undefined];
    holdsOnStandard({ runs: 30, disk, groups, window: anyWindow });
  });

  test(`on the tables of the real store, ${name}, each group comes in order and no duplicate enters`, () => {
    holdsOnFifo({ runs, disk, window: tiny });
    holdsOnFifo({ runs, disk, window: anyWindow, retentionMs: 60_000 });
  });
}
