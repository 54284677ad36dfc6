import type { Cancel, Clock } from '../base/clock.ts';
import { pssBytes } from './process-tree.ts';

/** What a watch looks at, and what it does. */
export interface MemoryWatchParts {
  readonly clock: Clock;
  readonly limitBytes: number;
  readonly pids: () => Promise<readonly number[]>;
  /** The processes use more than the limit. */
  readonly onExceeded: () => void;
}

const INTERVAL_MS = 500;

/** Watches how much memory processes really use, where no cgroup does: late by up to half a second. */
export class MemoryWatch implements Disposable {
  readonly #parts: MemoryWatchParts;
  #cancel: Cancel = () => undefined;
  #ended = false;
  /** True once more than the limit was seen. */
  exceeded = false;
  /** The most that was seen. */
  peakBytes = 0;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
    this.#plan();
  }

  /** What the processes use now. */
  async usedBytes(): Promise<number> {
    const usedBytes = await pssBytes(await this.#parts.pids());
    this.peakBytes = Math.max(this.peakBytes, usedBytes);
    return usedBytes;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#cancel();
  }

  #plan(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const usedBytes = await this.usedBytes();
    if (this.#ended) return;
    this.exceeded = usedBytes > this.#parts.limitBytes;
    if (this.exceeded) this.#parts.onExceeded();
    else this.#plan();
  }
}
