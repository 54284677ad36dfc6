import type { Clock } from '../base/clock.ts';
import type { StopSign } from '../base/stop-sign.ts';

/** Somebody who waits for messages of a queue. */
export interface Waiter {
  /** Tries to take what is there; true when the waiter has got its answer. */
  readonly serve: () => boolean;
  /** The wait is over without a message. */
  readonly giveUp: () => void;
}

/** How long to wait, and what ends the wait early. */
export interface WaitLimits {
  /** Infinity: until there is a message. */
  readonly waitMs: number;
  readonly signal: StopSign | undefined;
}

interface Place {
  readonly waiter: Waiter;
  readonly end: () => void;
}

/** Who waits for a message of one queue: first come, first served. */
export class Waiting {
  readonly #clock: Clock;
  readonly #places = new Set<Place>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Joins the line until served, timed out or aborted. */
  join(waiter: Waiter, { waitMs, signal }: WaitLimits): void {
    const giveUp = (): void => {
      this.#leave(place);
      waiter.giveUp();
    };
    const cancel = waitMs === Infinity ? () => undefined : this.#clock.after(waitMs, giveUp);
    signal?.addEventListener('abort', giveUp, { once: true });
    const place: Place = {
      waiter,
      end: () => {
        cancel();
        signal?.removeEventListener('abort', giveUp);
      },
    };
    this.#places.add(place);
  }

  /** Lets those at the head take what is there, until one goes away empty. */
  serve(): void {
    for (const place of this.#places) {
      if (!place.waiter.serve()) return;
      this.#leave(place);
    }
  }

  /** Sends everybody away empty. */
  giveUp(): void {
    for (const place of this.#places) {
      this.#leave(place);
      place.waiter.giveUp();
    }
  }

  #leave(place: Place): void {
    this.#places.delete(place);
    place.end();
  }
}
