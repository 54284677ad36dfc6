/** What a group that is kept says of a queue. */
interface RecentCount {
  readonly messages: number;
  readonly nextOrder: number;
  /** The number of that group. */
  readonly group: number;
}

/** How many messages queues hold, as the groups that are kept say it: the newest of each queue, which is not in its row yet. */
export class RecentCounts {
  /** By queue; what was said last stands last. */
  readonly #counts = new Map<number, RecentCount>();

  note(queue: number, count: RecentCount): void {
    this.#counts.delete(queue);
    this.#counts.set(queue, count);
  }

  find(queue: number): RecentCount | undefined {
    return this.#counts.get(queue);
  }

  /** The queue is gone, or what was said of it stands in its row. */
  drop(queue: number): void {
    this.#counts.delete(queue);
  }

  clear(): void {
    this.#counts.clear();
  }

  /** Takes out what no group from this number on says again. */
  *takeBefore(group: number): Generator<RecentCount & { readonly queue: number }> {
    for (const [queue, count] of this.#counts) {
      if (count.group >= group) return;
      this.#counts.delete(queue);
      yield { ...count, queue };
    }
  }
}
