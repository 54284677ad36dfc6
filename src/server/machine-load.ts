import { cpus } from 'node:os';
import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Looked at no more often than this: counting every processor's time is not free. */
const LOOK_EVERY_MS = 200;

/** A machine or a process with less of its time to spare makes everything slower that runs on it. */
const BUSY_SHARE = 0.85;

interface Look {
  readonly atMs: number;
  readonly idle: number;
  readonly total: number;
  readonly loop: EventLoopUtilization;
}

/** Whether this machine, or this process on it, has time to spare. */
export class MachineLoad {
  #last: Look | undefined;

  /** Begins to watch; what it answers says whether nearly all time was taken since then. Unknown, for a moment, is yes. */
  readonly watch = (): (() => boolean) => {
    const from = this.#look();
    return () => {
      const to = this.#look();
      if (to === from) return true;
      const idle = (to.idle - from.idle) / Math.max(1, to.total - from.total);
      const { utilization } = performance.eventLoopUtilization(to.loop, from.loop);
      return 1 - idle > BUSY_SHARE || utilization > BUSY_SHARE;
    };
  };

  #look(): Look {
    const atMs = performance.now();
    if (this.#last !== undefined && atMs - this.#last.atMs < LOOK_EVERY_MS) return this.#last;
    let [idle, total] = [0, 0];
    for (const { times } of cpus()) {
      idle += times.idle;
      total += times.user + times.nice + times.sys + times.idle + times.irq;
    }
    this.#last = { atMs, idle, total, loop: performance.eventLoopUtilization() };
    return this.#last;
  }
}
