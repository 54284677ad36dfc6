import type { Cancel, Clock } from '../base/clock.ts';
import type { Environment } from './environment.ts';

/** How long an idle environment keeps running before it is frozen. */
const FREEZE_AFTER_MS = 50;

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
    const plan = (delayMs: number, run: () => void): void => {
      this.#planned.set(environment, this.#clock.after(delayMs, run));
    };
    plan(Math.min(FREEZE_AFTER_MS, this.#idleMs), () => {
      plan(this.#idleMs - Math.min(FREEZE_AFTER_MS, this.#idleMs), () => {
        this.#planned.delete(environment);
        this.#onExpired(environment);
      });
      // One that cannot be frozen or looked at is ending; its own `gone` tells the pool.
      void environment.freeze().catch(() => environment.stop('could not be frozen'));
    });
  }

  /** The environment is in use again, or gone. */
  end(environment: Environment): void {
    this.#planned.get(environment)?.();
    this.#planned.delete(environment);
  }
}
