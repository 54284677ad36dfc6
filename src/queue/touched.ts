import type { Moment, Reading } from './command.ts';

/** Which messages the law changed lately: what a read says of a message that may have changed since is void. */
export class Touched {
  /** Messages with the group of their last change, in the order of these groups. */
  readonly #changes = new Map<number, number>();
  /** Reads that have not come back, in the order in which they were asked for. */
  readonly #readings = new Set<Reading>();

  /** True while a read is on its way. */
  get isBeingRead(): boolean {
    return this.#readings.size > 0;
  }

  /** How many messages are remembered. */
  get size(): number {
    return this.#changes.size;
  }

  /** A read is asked for now. */
  begin(moment: Moment): Reading {
    const reading = { throughGroup: moment.durableGroup };
    this.#readings.add(reading);
    return reading;
  }

  /** A read has come back and was heeded. */
  end(reading: Reading, moment: Moment): void {
    this.#readings.delete(reading);
    this.prune(moment);
  }

  /** Nothing that a read brings is heeded any more. */
  drop(reading: Reading): void {
    this.#readings.delete(reading);
  }

  /** The law changed this message. */
  add(order: number, moment: Moment): void {
    this.#changes.delete(order);
    this.#changes.set(order, moment.group);
  }

  /** True when the message may have changed after what this read shows. */
  since(reading: Reading, order: number): boolean {
    return (this.#changes.get(order) ?? -1) > reading.throughGroup;
  }

  /** Forgets the changes that every read shows, those on their way and those to come. */
  prune(moment: Moment): void {
    const [oldest] = this.#readings;
    const shown = oldest?.throughGroup ?? moment.durableGroup;
    for (const [order, group] of this.#changes) {
      if (group > shown) return;
      this.#changes.delete(order);
    }
  }
}
