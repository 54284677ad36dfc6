import { statfsSync } from 'node:fs';

/** How long a look at the disk is believed. */
const LOOK_EVERY_MS = 250;

/** Whether a disk has less room than a reserve. Looks at most a few times a second, however often it is asked. */
export class FreeSpace {
  readonly #path: string;
  readonly #reserveBytes: number;
  #lookedAtMs = -Infinity;
  #isLow = false;

  constructor(path: string, reserveBytes: number) {
    this.#path = path;
    this.#reserveBytes = reserveBytes;
  }

  isLow(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return this.#isLow;
    const { bavail, bsize } = statfsSync(this.#path);
    this.#lookedAtMs = nowMs;
    this.#isLow = bavail * bsize < this.#reserveBytes;
    return this.#isLow;
  }
}
