import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Cancel, Clock } from '../../base/clock.ts';
import { isFull } from './sqlite-error.ts';

/** How long the writer must have been idle before its log is copied into the database file. */
const IDLE_MS = 200;

/** Under load the writer is never idle: at this many pages (8 MB) the log is copied anyway, between two groups. */
const BUSY_PAGES = 2000;

/** How many commits may pass between two looks at the length of the log. */
const COMMITS_PER_LOOK = 16;

/** What {@link Checkpoints} need. */
export interface CheckpointsOptions {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  /** Called when the writer has been idle, before the log is copied. */
  readonly beforeIdle: () => void;
}

/**
 * Copies the write-ahead log into the database file between commits, so that no commit waits for a checkpoint
 * that it did not cause. A full disk leaves the log as it is: the next time tries again.
 */
export class Checkpoints {
  readonly #look: StatementSync;
  readonly #checkpoint: StatementSync;
  readonly #clock: Clock;
  readonly #beforeIdle: () => void;
  #commits = 0;
  #cancelIdle: Cancel | undefined;

  constructor({ database, clock, beforeIdle }: CheckpointsOptions) {
    this.#look = database.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#clock = clock;
    this.#beforeIdle = beforeIdle;
  }

  /** To be called after each commit, with its answer on its way. Throws what SQLite throws, but for a full disk. */
  afterCommit(): void {
    this.#cancelIdle?.();
    this.#commits++;
    if (this.#commits % COMMITS_PER_LOOK === 0 && Number(this.#look.get()?.['log']) >= BUSY_PAGES) {
      this.#run();
    } else {
      this.#cancelIdle = this.#clock.after(IDLE_MS, () => this.#runIdle());
    }
  }

  /** No checkpoint runs from now on: the database is about to be closed. */
  stop(): void {
    this.#cancelIdle?.();
  }

  #runIdle(): void {
    this.#beforeIdle();
    this.#run();
  }

  #run(): void {
    try {
      this.#checkpoint.get();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
}
