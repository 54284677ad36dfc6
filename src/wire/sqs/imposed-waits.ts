import type { Clock } from '../../base/clock.ts';
import { queueKeyText, type QueueKey } from '../../message/queue-key.ts';
import { IMPOSED_WAIT_MS } from '../../queue/limits.ts';

/**
 * The waits that AWS imposes on owners of queues: 60 seconds between two purges of one queue, and before the name of a
 * deleted queue can be used again. They are for those who want to see how their program bears them, and not kept over
 * a restart.
 */
export class ImposedWaits {
  readonly #clock: Clock;
  readonly #purged = new Map<string, number>();
  readonly #deleted = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when a purge of the queue may begin. */
  mayPurge(queue: QueueKey): boolean {
    return !this.#isRecent(this.#purged, queue);
  }

  /** True when the name is free of a queue deleted a moment ago. */
  mayCreate(queue: QueueKey): boolean {
    return !this.#isRecent(this.#deleted, queue);
  }

  purged(queue: QueueKey): void {
    this.#note(this.#purged, queue);
  }

  deleted(queue: QueueKey): void {
    this.#purged.delete(queueKeyText(queue));
    this.#note(this.#deleted, queue);
  }

  #isRecent(times: ReadonlyMap<string, number>, queue: QueueKey): boolean {
    const atMs = times.get(queueKeyText(queue));
    return atMs !== undefined && this.#clock.nowMs() < atMs + IMPOSED_WAIT_MS;
  }

  /** What is noted stands in order of time: what is over is at the head. */
  #note(times: Map<string, number>, queue: QueueKey): void {
    const nowMs = this.#clock.nowMs();
    for (const [name, atMs] of times) {
      if (nowMs < atMs + IMPOSED_WAIT_MS) break;
      times.delete(name);
    }
    const name = queueKeyText(queue);
    times.delete(name);
    times.set(name, nowMs);
  }
}
