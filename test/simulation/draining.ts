import { SeededRandom } from '../../src/base/random.ts';
import type { Clients } from './clients.ts';
import type { Described, Handed } from './history.ts';
import { keyOf } from './setting.ts';
import type { World } from './world.ts';

/** Takes out what is left when the steps of a plan are over. */
export class Draining<Rooms> {
  readonly #world: World<Rooms>;
  readonly #clients: Clients<Rooms>;
  readonly #random = new SeededRandom(7);

  constructor(world: World<Rooms>, clients: Clients<Rooms>) {
    this.#world = world;
    this.#clients = clients;
  }

  /** The platform is killed, and starts again. */
  async kill(): Promise<void> {
    this.#world.end('killed', this.#random);
    this.#clients.forgetPending();
    await this.#world.start();
  }

  /** Lets time pass, and everything come of it that comes. */
  async pass(durationMs: number): Promise<void> {
    await this.#world.settle(this.#random);
    this.#world.pass(durationMs);
    await this.#world.settle(this.#random);
  }

  /** What queues that are there say of themselves. */
  describe(queues: readonly string[]): Described[] {
    return queues.flatMap((queue) => {
      const described = this.#world.platform.broker.describe(keyOf(queue));
      if (!described.ok) return [];
      const { visibleCount, inFlightCount, delayedCount, tags } = described.value;
      return [{ queue, messages: visibleCount + inFlightCount + delayedCount, tag: tags['tag'] }];
    });
  }

  /** Receives and settles queues to their end. */
  async drain(queues: readonly string[]): Promise<void> {
    for (const queue of queues) {
      for (let empty = 0; empty < 3;) {
        const handed = await this.#receive(queue);
        empty = handed.length === 0 ? empty + 1 : 0;
        if (handed.length > 0) await this.#ended(this.#clients.ask({ kind: 'settle', queue, handed }));
      }
    }
  }

  async #receive(queue: string): Promise<readonly Handed[]> {
    const wanted = { maximum: 10, visibilityMs: 3_600_000, waitMs: 0, holder: 'client' } as const;
    const answer = await this.#ended(this.#clients.ask({ kind: 'receive', queue, ...wanted }));
    this.#world.pass(1);
    return answer?.ok === true ? (answer.handed ?? []) : [];
  }

  async #ended<Value>(asked: Promise<Value>): Promise<Value | undefined> {
    let value: Value | undefined;
    void asked.then((answer) => (value = answer));
    await this.#world.settle(this.#random);
    return value;
  }
}
