import type { Moment, Reading } from './command.ts';
import { Line } from './line.ts';
import { OrderNumbers } from './order-numbers.ts';

/** What the law changed in one group. */
interface ChangesOfGroup {
  readonly group: number;
  readonly orders: number[];
}

/** Which messages the law changed lately: what a read says of a message that may have changed since is void. */
export class Touched {
  /** The group of the last change of each message. */
  readonly #groups = new OrderNumbers();
  /** Messages by the groups that changed them, the oldest first. */
  readonly #changes = new Line<ChangesOfGroup>();
  /** Reads that have not come back, in the order in which they were asked for. */
  readonly #readings = new Set<Reading>();

  /** True while a read is on its way. */
  get isBeingRead(): boolean {
    return this.#readings.size > 0;
  }

  /** How many messages are remembered. */
  get size(): number {
    return this.#groups.size;
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
    this.#groups.fit();
  }

  /** Nothing that a read brings is heeded any more. */
  drop(reading: Reading): void {
    this.#readings.delete(reading);
  }

  /** The law changed this message. */
  add(order: number, moment: Moment): void {
    const { group } = moment;
    const latest = this.#changes.last;
    if (latest?.group === group) latest.orders.push(order);
    else this.#changes.push({ group, orders: [order] });
    this.#groups.set(order, group);
  }

  /** True when the message may have changed after what this read shows. */
  since(reading: Reading, order: number): boolean {
    return (this.#groups.get(order) ?? -1) > reading.throughGroup;
  }

  /** Forgets the changes that every read shows, those on their way and those to come. */
  prune(moment: Moment): void {
    const [oldest] = this.#readings;
    const shown = oldest?.throughGroup ?? moment.durableGroup;
    for (
      let { first } = this.#changes;
      first !== undefined && first.group <= shown;
      first = this.#changes.first
    ) {
      for (const order of first.orders)
        if (this.#groups.get(order) === first.group) this.#groups.delete(order);
      this.#changes.shift();
    }
  }
}
