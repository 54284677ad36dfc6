import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../base/random.ts';
import { Pace } from './pace.ts';
import type { PaceSignal } from './pace-signal.ts';
import type { Ticket } from './slowness.ts';

/** Invocations of one mapping, always as many at once as the pace and `demand` allow, on a clock of their own. */
class Run {
  readonly pace = new Pace();
  nowMs = 0;
  least = Infinity;
  isBusy = false;
  isCold = false;
  demand: number;
  #running: {
    readonly beganMs: number;
    readonly endsMs: number;
    readonly atBegin: number;
    readonly ticket: Ticket | undefined;
  }[] = [];

  constructor(demand: number) {
    this.demand = demand;
  }

  /** How many run now. */
  get running(): number {
    return this.#running.length;
  }

  /** Lets `count` invocations end. `durationMs` and `signal` may depend on how many run. */
  go(
    count: number,
    durationMs: (running: number) => number,
    signal: (running: number) => PaceSignal = () => 'fine',
    isFirst = true,
  ): void {
    for (let ended = 0; ended < count; ended += 1) {
      while (this.#running.length < Math.min(this.demand, this.pace.limit)) {
        const atBegin = this.#running.length + 1;
        const beginning = { messageCount: 1, running: atBegin, nowMs: this.nowMs };
        const ticket = this.pace.began({ ...beginning, watchLoad: () => () => this.isBusy });
        this.#running.push({
          beganMs: this.nowMs,
          endsMs: this.nowMs + durationMs(atBegin),
          atBegin,
          ticket,
        });
      }
      this.#running.sort((one, other) => one.endsMs - other.endsMs);
      const next = this.#running.shift();
      assert.ok(next);
      this.nowMs = Math.max(this.nowMs, next.endsMs);
      const running = Math.max(next.atBegin, this.#running.length + 1);
      const tookMs = this.isCold ? undefined : next.endsMs - next.beganMs;
      const times = { beganMs: next.beganMs, endedMs: this.nowMs, durationMs: tookMs };
      const end = { ...times, signal: signal(running), isFirst, running };
      this.pace.ended(end, next.ticket);
      this.least = Math.min(this.least, this.pace.limit);
    }
  }
}

test('a healthy function is never slowed: quick or slow, evenly or wildly, with single failures among many', () => {
  const random = new SeededRandom(7);
  const share = (): number => random.bytes(1)[0]! / 256;
  const durations: (() => number)[] = [
    () => 1,
    () => 1000,
    () => 10 + 990 * share(),
    () => (share() < 0.5 ? 10 : 1000),
    () => (share() < 0.02 ? 60_000 : 20),
    () => -200 * Math.log(1 - share()),
  ];
  for (const duration of durations) {
    for (const demand of [1, 4, 100]) {
      const run = new Run(demand);
      run.go(20_000, duration, () => (share() < 0.1 ? 'failed' : 'fine'));
      assert.equal(run.least, Infinity, `${String(duration)} with ${demand} at once`);
    }
  }
});

test('a function that says it is throttled is halved, once for all that began before', () => {
  const run = new Run(64);
  run.go(200, () => 100);
  run.go(
    64,
    () => 100,
    () => 'throttled',
  );
  assert.equal(run.pace.limit, 32);
  assert.deepEqual(run.pace.figure, { limit: 32, pauseMs: 0, reason: 'throttled', cutCount: 1 });
});

test('concurrency comes back by the same step for each round of answers, and in the end there is no limit', () => {
  const run = new Run(40);
  run.go(100, () => 100);
  run.go(
    1,
    () => 100,
    () => 'throttled',
  );
  const limits: number[] = [];
  while (run.pace.limit !== Infinity) {
    limits.push(run.pace.limit);
    run.go(run.pace.limit, () => 100);
    assert.ok(limits.length < 100);
  }
  const steps = limits.slice(3).map((limit, n) => limit - limits[n + 2]!);
  assert.ok(
    steps.every((step) => step >= 1 && step <= 3),
    limits.join(),
  );
  assert.equal(run.pace.figure.reason, 'throttled');
  assert.equal(run.pace.figure.limit, undefined);
});

test('what throttles above a number at once is found and kept near that number', () => {
  const run = new Run(200);
  const limited = (running: number): PaceSignal => (running > 20 ? 'throttled' : 'fine');
  run.go(3000, () => 100, limited);
  let sum = 0;
  for (let step = 0; step < 100; step += 1) {
    run.go(50, () => 100, limited);
    sum += run.pace.limit;
  }
  assert.ok(sum / 100 > 8 && sum / 100 < 26, `${sum / 100} at once on average`);
});

test('what cannot be reached takes the pace down to one at a time with growing pauses, and the first answer ends those', () => {
  const run = new Run(50);
  run.go(300, () => 50);
  run.go(
    400,
    () => 5,
    () => 'unreachable',
  );
  assert.equal(run.pace.limit, 1);
  assert.equal(run.pace.pauseMs, 10_000);
  run.go(1, () => 50);
  assert.equal(run.pace.pauseMs, 0);
});

test('a handler that fails on most of what is new to it is slowed; messages that fail again and again are not counted', () => {
  const row = new Run(10);
  row.go(100, () => 10);
  row.go(
    9,
    () => 10,
    () => 'failed',
  );
  assert.equal(row.pace.limit, Infinity);
  row.go(
    1,
    () => 10,
    () => 'failed',
  );
  assert.equal(row.pace.limit, 5);
  const failing = new Run(10);
  failing.go(
    40,
    () => 10,
    () => 'failed',
  );
  assert.ok(failing.pace.limit <= 5);
  assert.equal(failing.pace.figure.reason, 'failing');
  const poisoned = new Run(10);
  poisoned.go(
    1000,
    () => 10,
    () => 'failed',
    false,
  );
  poisoned.go(
    1000,
    () => 10,
    () => 'unreachable',
    false,
  );
  assert.equal(poisoned.pace.limit, Infinity);
});

test('a function that is slow because too many run at once is brought to where it is quick, at no loss', () => {
  const run = new Run(100);
  // What is behind it does 10 at once, each in 50 ms; more wait for one another.
  const queued = (running: number): number => 50 * Math.max(1, running / 10);
  run.go(10, () => 50);
  run.go(4000, queued);
  assert.ok(run.pace.limit >= 9 && run.pace.limit <= 40, `${run.pace.limit} at once`);
  assert.equal(run.pace.figure.reason, 'slow');
});

test('the same holds when the many come in the middle of what came singly, and again after a quiet time', () => {
  const queued = (running: number): number => 30 * Math.max(1, running / 2);
  for (const singly of [10, 11, 30, 45, 59, 60, 200]) {
    const run = new Run(1);
    for (let time = 0; time < 3; time += 1) {
      run.demand = 1;
      run.go(singly, queued);
      run.demand = 16;
      run.least = Infinity;
      run.go(1000, queued);
      assert.ok(run.least >= 2 && run.least <= 8, `${run.least} at once after ${singly}, time ${time}`);
    }
  }
});

test('a function that only has more to do is tried with three quarters once, and left as it was', () => {
  const run = new Run(40);
  run.go(500, () => 50);
  run.go(2000, () => 500);
  assert.equal(run.pace.limit, Infinity);
  assert.equal(run.least, 30);
  assert.equal(run.pace.figure.cutCount, 1);
});

test('on a busy machine durations say nothing', () => {
  const run = new Run(40);
  run.go(500, () => 50);
  run.isBusy = true;
  run.go(2000, (running) => 100 * running);
  assert.equal(run.least, Infinity);
});

test('what environments need to start says nothing of the function', () => {
  const run = new Run(40);
  run.go(500, () => 50);
  run.isCold = true;
  run.go(2000, (running) => 100 * running);
  assert.equal(run.least, Infinity);
});

test('what a crash or an end for lack of room says is nothing', () => {
  const run = new Run(10);
  run.go(
    100,
    () => 10,
    () => 'silent',
  );
  assert.equal(run.pace.limit, Infinity);
});
