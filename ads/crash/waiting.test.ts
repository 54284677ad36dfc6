import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { untilNothing, type Time } from './waiting.ts';

/** Of time that passes only while somebody waits. */
function waitingTime(): Time {
  let timeMs = 0;
  return { nowMs: () => timeMs, pause: (pauseMs) => Promise.resolve((timeMs += pauseMs)) };
}

describe('waiting until nothing is left', () => {
  it('takes as long as it takes, while less and less is left', async () => {
    const time = waitingTime();
    await untilNothing(
      () => Promise.resolve(time.nowMs() >= 9000 ? undefined : `${9 - Math.floor(time.nowMs() / 1000)} left`),
      1500,
      time,
    );
    assert.ok(time.nowMs() >= 9000);
  });

  it('ends when nothing moves any more, also when it only goes back and forth', async () => {
    const time = waitingTime();
    const turning = (): Promise<string> => Promise.resolve(`${Math.floor(time.nowMs() / 500) % 3} left`);
    await assert.rejects(untilNothing(turning, 2000, time), /^Error: Nothing has moved for 2 s: \d left\.$/);
    assert.ok(time.nowMs() > 3000 && time.nowMs() < 3200, String(time.nowMs()));
  });

  it('takes what goes wrong for something that is left', async () => {
    const time = waitingTime();
    const away = (): Promise<undefined> => Promise.reject(new Error('away'));
    await assert.rejects(untilNothing(away, 1000, time), /Nothing has moved for 1 s: Error: away/);
  });
});
