import { REMEMBERED_MS } from '../store/change.ts';
import type { Taken } from './command.ts';

/** What a receive with an attempt id has brought. */
export interface Attempt {
  readonly atMs: number;
  readonly taken: readonly Taken[];
  /** When the leases that it began end, unless somebody changed them. */
  visibleAtMs: number;
  readonly sizeBytes: number;
}

/** Bodies that are kept for receives that are tried again; the oldest go first. */
const MOST_BYTES = 8 * 1024 * 1024;

/** About what an attempt costs besides the bodies. */
const OVERHEAD_BYTES = 300;

/** What receives with an attempt id brought in the last five minutes (ReceiveRequestAttemptId); not kept over a restart. */
export class Attempts {
  readonly #attempts = new Map<string, Attempt>();
  #sizeBytes = 0;

  /** What the attempt of this id brought, if that is remembered. */
  find(id: string, nowMs: number): Attempt | undefined {
    const attempt = this.#attempts.get(id);
    return attempt === undefined || attempt.atMs + REMEMBERED_MS <= nowMs ? undefined : attempt;
  }

  /** Remembers what an attempt brought, from its first receive on. */
  note(id: string, taken: readonly Taken[], visibleAtMs: number, nowMs: number): void {
    this.#forget(id);
    const sizeBytes = taken.reduce((sum, { message }) => sum + message.sizeBytes + OVERHEAD_BYTES, 0);
    this.#attempts.set(id, { atMs: nowMs, taken, visibleAtMs, sizeBytes });
    this.#sizeBytes += sizeBytes;
    for (const [oldest, { atMs }] of this.#attempts) {
      if (this.#sizeBytes <= MOST_BYTES && atMs + REMEMBERED_MS > nowMs) return;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#sizeBytes -= this.#attempts.get(id)?.sizeBytes ?? 0;
    this.#attempts.delete(id);
  }
}
