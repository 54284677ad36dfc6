import { test } from 'node:test';
import fc from 'fast-check';
import { holdsOnFifo } from './fixture/fifo-runs.ts';
import { holdsOnStandard } from './fixture/standard-runs.ts';
import { TablesDisk } from './fixture/tables-disk.ts';
import { anyWindow, TINY } from './fixture/windows.ts';

const tiny = fc.constant(TINY);
const groups = ['noisy', 'noisy', 'noisy', 'quiet', 'other', undefined];

test('in tens of thousands of runs of a standard queue no message is lost, out twice or back', () => {
  holdsOnStandard({ runs: 10_000 });
  holdsOnStandard({ runs: 10_000, window: tiny });
  holdsOnStandard({ runs: 10_000, window: anyWindow });
  holdsOnStandard({ runs: 10_000, window: anyWindow, retentionMs: 60_000 });
});

test('nor in some hundreds with message groups of which one is noisy', () => {
  holdsOnStandard({ runs: 300, groups, window: anyWindow });
  holdsOnStandard({ runs: 300, groups, window: anyWindow, retentionMs: 60_000 });
});

test('in tens of thousands of runs of a FIFO queue each group comes in order and no duplicate enters', () => {
  holdsOnFifo({ runs: 4000 });
  holdsOnFifo({ runs: 4000, window: tiny });
  holdsOnFifo({ runs: 8000, window: anyWindow });
  holdsOnFifo({ runs: 4000, window: anyWindow, retentionMs: 60_000 });
});

test('nor does any of it happen in hundreds of runs on the tables of the real store', () => {
  const disk = (): TablesDisk => new TablesDisk({ fewest: 2, most: 5 });
  holdsOnStandard({ runs: 400, disk, window: tiny });
  holdsOnStandard({ runs: 400, disk, window: anyWindow, retentionMs: 60_000 });
  holdsOnStandard({ runs: 100, disk, groups, window: anyWindow });
  holdsOnFifo({ runs: 400, disk, window: tiny });
  holdsOnFifo({ runs: 400, disk, window: anyWindow, retentionMs: 60_000 });
});
