import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { visibleAfterMs } from './visible.ts';

describe('clicks on the way to a page', () => {
  it('wait for the first page that counts them, those before the measurement aside', () => {
    const shown = [
      { atMs: 100, clicks: 1 },
      { atMs: 250, clicks: 3 },
      { atMs: 400, clicks: 4 },
    ];
    assert.deepEqual(visibleAfterMs([50, 110, 120, 300], shown, 100), [140, 130, 100]);
  });

  it('that no page showed are an error', () => {
    assert.throws(() => visibleAfterMs([1, 2], [{ atMs: 5, clicks: 1 }], 0), /No page showed click 2/);
  });
});
