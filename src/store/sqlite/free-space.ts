import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { openForReading } from './open-database.ts';

/** How long a look at the disk is believed. */
const LOOK_EVERY_MS = 250;

/** The part of the reserve that must be free on the disk itself, for the log, however much room the database has inside. */
const DISK_PART = 0.25;

/**
 * Whether a database has less room than a reserve: on its disk, and inside its file, which keeps the room of what was deleted. Looks at most a few
 * times a second, however often it is asked.
 */
export class FreeSpace {
  readonly #databasePath: string;
  readonly #reserveBytes: number;
  #lookedAtMs = -Infinity;
  #isLow = false;

  constructor(databasePath: string, reserveBytes: number) {
    this.#databasePath = databasePath;
    this.#reserveBytes = reserveBytes;
  }

  isLow(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return this.#isLow;
    const { bavail, bsize } = statfsSync(dirname(this.#databasePath));
    this.#lookedAtMs = nowMs;
    this.#isLow = this.#isBelow(bavail * bsize);
    return this.#isLow;
  }

  #isBelow(diskBytes: number): boolean {
    if (diskBytes >= this.#reserveBytes) return false;
    if (diskBytes < DISK_PART * this.#reserveBytes) return true;
    return diskBytes + this.#insideBytes() < this.#reserveBytes;
  }

  /** Room inside the file, as after the last commit. */
  #insideBytes(): number {
    try {
      using database = openForReading(this.#databasePath);
      const of = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
      return of('freelist_count') * of('page_size');
    } catch {
      return 0; // Without room for SQLite's own files nothing is known.
    }
  }
}
