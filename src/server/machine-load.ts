import { cpus } from 'node:os';
import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** Looked at no more often than this: counting every processor's time is not free. */
const LOOK_EVERY_MS = 500;

/** A span longer than this hides what happened at its end. */
const LONGEST_SPAN_MS = 3000;

/** A machine or a process with less of its time to spare makes everything slower that runs on it. */
const BUSY_SHARE = 0.85;

/** Whether this machine, or this process on it, has time to spare. */
export class MachineLoad {
  #lookedMs = -Infinity;
  #ticks = { idle: 0, total: 0 };
  #loop: EventLoopUtilization | undefined;
  #isBusy = true;

  /** True when nearly all processor time was taken since the look before; true while that is not known. */
  readonly isBusy = (): boolean => {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return this.#isBusy;
    const [before, ticks] = [this.#ticks, processorTicks()];
    const loopBefore = this.#loop;
    const loop = performance.eventLoopUtilization();
    const idle = (ticks.idle - before.idle) / Math.max(1, ticks.total - before.total);
    const loopShare = performance.eventLoopUtilization(loop, loopBefore).utilization;
    const isKnown = nowMs - this.#lookedMs < LONGEST_SPAN_MS;
    this.#isBusy = !isKnown || 1 - idle > BUSY_SHARE || loopShare > BUSY_SHARE;
    this.#ticks = ticks;
    this.#loop = loop;
    this.#lookedMs = nowMs;
    return this.#isBusy;
  };
}

function processorTicks(): { readonly idle: number; readonly total: number } {
  let [idle, total] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}
