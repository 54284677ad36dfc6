import type { StopSign } from '../base/stop-sign.ts';

/** Whether anybody still waits for an answer. Made for every request, and listened to by few. */
export class HangUp implements StopSign {
  #listeners: Set<() => void> | undefined;
  #happened = false;

  get aborted(): boolean {
    return this.#happened;
  }

  addEventListener(_kind: 'abort', listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_kind: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Nobody waits any more; each listener is told once. */
  happened(): void {
    if (this.#happened) return;
    this.#happened = true;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }
}
