import { test } from 'node:test';
import fc from 'fast-check';
import { holdsOnFifo } from './fixture/fifo-runs.ts';
import { anyWindow, TINY } from './fixture/windows.ts';

const tiny = fc.constant(TINY);
const runs = 400;

test('each group comes in order, nothing behind what is out, no duplicate enters, nothing is lost', () => {
  holdsOnFifo({ runs });
});

test('the same holds when most messages rest in the store', () => {
  holdsOnFifo({ runs, window: tiny });
  holdsOnFifo({ runs, window: anyWindow });
});

test('the same holds while messages outlive their retention', () => {
  holdsOnFifo({ runs, window: tiny, retentionMs: 60_000 });
  holdsOnFifo({ runs, retentionMs: 60_000 });
});
