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
  #looks: Promise<void> = Promise.resolve();

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
      void this.#freeze(environment);
    });
  }

  /** One that cannot be frozen or looked at is ending; its own `gone` tells the pool. */
  async #freeze(environment: Environment): Promise<void> {
    try {
      await environment.freeze();
      await this.#lookAt(environment);
    } catch {
      environment.stop('could not be frozen');
    }
  }

  /** One after the other: the kernel walks through all that an environment holds, and after a burst others still wait for their answers. */
  #lookAt(environment: Environment): Promise<void> {
    const look = this.#looks.then(() => environment.measure());
    this.#looks = look.catch(() => undefined);
    return look;
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
