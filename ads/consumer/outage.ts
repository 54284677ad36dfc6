/** Where the work of one worker stands still: at asking for messages, or at handling them. */
interface Failing {
  readonly at: 'asking' | 'handling';
  /** How many messages all workers together had handled when it failed. */
  readonly handledBefore: number;
}

/**
 * Says for all workers together, and once each, when work begins to fail and when it goes on. It goes on when no worker fails any
 * more: one that has succeeded says nothing of another that fails again and again.
 */
export class Outage {
  readonly #failing = new Map<number, Failing>();
  #handled = 0;

  failed(worker: number, at: Failing['at'], error: unknown): void {
    if (this.#failing.size === 0)
      console.error('The consumer tries again and again:', error instanceof Error ? error.message : error);
    this.#failing.set(worker, { at, handledBefore: this.#handled });
  }

  /** A worker has asked for messages, and handled `count` of them without a failure. */
  worked(worker: number, count: number): void {
    this.#handled += count;
    const failing = this.#failing.get(worker);
    if (failing === undefined) return;
    // Who found nothing to do has learnt that messages can be asked for, and of their handling what others have seen.
    const isKnown = count > 0 || failing.at === 'asking' || this.#handled > failing.handledBefore;
    if (!isKnown) return;
    this.#failing.delete(worker);
    if (this.#failing.size === 0) console.error('The consumer goes on.');
  }
}
