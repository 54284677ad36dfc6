import fc from 'fast-check';
import { test } from 'node:test';
import { holdsOnStandard } from './fixture/standard-runs.ts';
import { anyWindow, TINY } from './fixture/windows.ts';

const tiny = fc.constant(TINY);
const runs = 400;

test('whatever happens, no message is lost, none is out twice, none comes back', () => {
  holdsOnStandard({ runs });
});

test('the same holds when most messages rest in the store', () => {
  holdsOnStandard({ runs, window: tiny });
  holdsOnStandard({ runs, window: anyWindow });
});

test('the same holds while messages outlive their retention', () => {
  holdsOnStandard({ runs, window: tiny, retentionMs: 60_000 });
  holdsOnStandard({ runs, retentionMs: 60_000 });
});

test('the same holds with message groups of which one is noisy', () => {
  const groups = ['noisy', 'noisy', 'noisy', 'quiet', 'other', undefined];
  holdsOnStandard({ runs, groups });
  holdsOnStandard({ runs, groups, window: tiny });
  holdsOnStandard({ runs, groups, window: anyWindow, retentionMs: 60_000 });
});
