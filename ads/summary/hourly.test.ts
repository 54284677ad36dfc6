import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { compareHourly } from './hourly.ts';

it('the books are compared every hour, also after one that failed, until it is stopped', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  let count = 0;
  const stop = compareHourly(() => {
    count += 1;
    return count === 1 ? Promise.reject(new Error('no database')) : Promise.resolve();
  });
  const seen: number[] = [];
  for (let hour = 0; hour < 3; hour += 1) {
    mock.timers.tick(3_600_000);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(count);
  }
  await stop();
  mock.timers.tick(3_600_000);
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.reset();
  assert.deepEqual([...seen, count], [1, 2, 3, 3]);
});
