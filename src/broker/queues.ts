import type { QueueId } from '../base/ids.ts';
import { queueKeyText, type QueueKey } from '../message/queue-key.ts';
import type { Keeper } from './keeper.ts';

/** All queues of the broker, by name and by id; by id also those that are being deleted. */
export class Queues {
  readonly #byName = new Map<string, Keeper>();
  readonly #byId = new Map<QueueId, Keeper>();

  get(key: QueueKey): Keeper | undefined {
    return this.#byName.get(queueKeyText(key));
  }

  byId(queue: QueueId): Keeper | undefined {
    return this.#byId.get(queue);
  }

  all(): Iterable<Keeper> {
    return this.#byId.values();
  }

  add(keeper: Keeper): void {
    this.#byName.set(queueKeyText(keeper.definition.key), keeper);
    this.#byId.set(keeper.queue, keeper);
  }

  /** Its name is free, while it can still come back: the disk has not heard of its end. */
  hide(keeper: Keeper): void {
    const name = queueKeyText(keeper.definition.key);
    if (this.#byName.get(name) === keeper) this.#byName.delete(name);
  }

  remove(keeper: Keeper): void {
    this.hide(keeper);
    this.#byId.delete(keeper.queue);
  }

  /** Names of an account's queues in a region, sorted; internal ones are left out. */
  names(account: string, region: string, prefix: string): readonly QueueKey[] {
    const keys: QueueKey[] = [];
    for (const { definition } of this.#byName.values()) {
      const { key } = definition;
      const listed = key.account === account && key.region === region && key.name.startsWith(prefix);
      if (listed && !key.name.includes(':')) keys.push(key);
    }
    return keys.sort((first, second) => (first.name < second.name ? -1 : 1));
  }
}
