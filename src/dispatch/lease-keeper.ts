import type { Cancel } from '../base/clock.ts';
import type { Feed, Taken } from './feed.ts';
import type { DispatchPorts } from './ports.ts';

/** A lease is renewed when it has this much left. */
const RENEW_BEFORE_MS = 10_000;

/** How long a renewed lease lasts beyond the function's time-out. */
const RENEWED_MARGIN_MS = 30_000;

/**
 * Keeps a batch leased for as long as its invocation takes. A lease covers window, time-out and margin from the
 * start; it runs short only when the invocation has to wait for an environment. Waiting must not offer
 * the messages again, which would run them twice and raise their receive counts.
 */
export class LeaseKeeper implements Disposable {
  readonly #ports: DispatchPorts;
  readonly #feed: Feed;
  #taken: readonly Taken[];
  #cancel: Cancel = () => undefined;
  #ended = false;

  constructor(ports: DispatchPorts, feed: Feed, taken: readonly Taken[]) {
    this.#ports = ports;
    this.#feed = feed;
    this.#taken = taken;
    this.#plan();
  }

  /** The messages, with the leases that they have now. */
  get taken(): readonly Taken[] {
    return this.#taken;
  }

  /** From now on the leases end by themselves. */
  [Symbol.dispose](): void {
    this.#ended = true;
    this.#cancel();
  }

  #plan(): void {
    // The first was taken first: no other lease ends earlier.
    const endMs = this.#taken[0]?.leaseEndMs ?? 0;
    const delayMs = Math.max(0, endMs - this.#ports.clock.nowMs() - RENEW_BEFORE_MS);
    this.#cancel = this.#ports.clock.after(delayMs, () => void this.#renew());
  }

  /** Never rejects: what cannot be renewed ends, and is offered again. */
  async #renew(): Promise<void> {
    const { broker, clock, functions, tell } = this.#ports;
    const timeoutMs = functions.resolve(this.#feed.settings().function)?.settings.timeoutMs ?? 0;
    const visibilityMs = timeoutMs + RENEWED_MARGIN_MS;
    const leaseEndMs = clock.nowMs() + visibilityMs;
    try {
      const extensions = this.#taken.map((one) => ({ receipt: one.delivery.receipt, visibilityMs }));
      const extended = await broker.extend(this.#feed.queue, extensions);
      const held = extended.ok && extended.value.every((outcome) => outcome === 'extended');
      if (!held || this.#ended) return;
      this.#taken = this.#taken.map((one) => ({ ...one, leaseEndMs }));
      this.#plan();
    } catch (error) {
      tell({ kind: 'trouble', where: `dispatch ${this.#feed.label}`, what: String(error) });
    }
  }
}
