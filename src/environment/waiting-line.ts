import type { EnvironmentGroup, Lease, Waiter } from './group.ts';

/** Who waits for an environment, of all groups together, in the order in which they came. */
export class WaitingLine {
  readonly #waiting = new Set<Waiter>();
  #isClosed = false;

  /** True when nobody waits any more, or will. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** Everybody, who came first at first. */
  [Symbol.iterator](): Iterator<Waiter> {
    return this.#waiting[Symbol.iterator]();
  }

  join(group: EnvironmentGroup, resolve: (lease: Lease) => void): void {
    const waiter = { group, resolve };
    group.waiting.add(waiter);
    this.#waiting.add(waiter);
  }

  serve(waiter: Waiter, lease: Lease): void {
    waiter.group.waiting.delete(waiter);
    this.#waiting.delete(waiter);
    waiter.resolve(lease);
  }

  /** Who waits for one group waits for the other from now on, and keeps the place in the line. */
  move(from: EnvironmentGroup, to: EnvironmentGroup): void {
    for (const waiter of [...from.waiting]) {
      from.waiting.delete(waiter);
      waiter.group = to;
      to.waiting.add(waiter);
    }
  }

  /** Answers everybody who waits for this group. */
  serveAll(group: EnvironmentGroup, lease: Lease): void {
    for (const waiter of [...group.waiting]) this.serve(waiter, lease);
  }

  /** Answers everybody, and takes nobody any more. */
  close(lease: Lease): void {
    this.#isClosed = true;
    for (const waiter of this.#waiting) this.serve(waiter, lease);
  }
}
