import type { Cancel, Clock } from '../base/clock.ts';
import type { Environment } from './environment.ts';

/** How long an idle environment keeps running before it is frozen. */
const FREEZE_AFTER_MS = 50;

/** What stays although its idle time is over is looked at again no sooner than this. */
const SHORTEST_LOOK_MS = 1000;

/** What happens to an environment that nobody uses: frozen soon, ended after its idle time. */
export class IdleCare {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onExpired: (environment: Environment) => void;
  readonly #planned = new Map<Environment, Cancel>();

  constructor(options: {
    readonly clock: Clock;
    readonly idleMs: number;
    readonly onExpired: (environment: Environment) => void;
  }) {
    this.#clock = options.clock;
    this.#idleMs = options.idleMs;
    this.#onExpired = options.onExpired;
  }

  /** The environment has become idle. */
  begin(environment: Environment): void {
    const freezeMs = Math.min(FREEZE_AFTER_MS, this.#idleMs);
    this.#plan(environment, freezeMs, () => {
      this.#planExpiry(environment, this.#idleMs - freezeMs);
      // One that cannot be frozen or looked at is ending; its own `gone` tells the pool.
      void environment.freeze().catch(() => environment.stop('could not be frozen'));
    });
  }

  /** The environment stays idle for another idle time, as it is. */
  goOn(environment: Environment): void {
    this.#planExpiry(environment, Math.max(this.#idleMs, SHORTEST_LOOK_MS));
  }

  #planExpiry(environment: Environment, delayMs: number): void {
    this.#plan(environment, delayMs, () => {
      this.#planned.delete(environment);
      this.#onExpired(environment);
    });
  }

  #plan(environment: Environment, delayMs: number, run: () => void): void {
    this.#planned.set(environment, this.#clock.after(delayMs, run));
  }

  /** The environment is in use again, or gone. */
  end(environment: Environment): void {
    this.#planned.get(environment)?.();
    this.#planned.delete(environment);
  }
}
