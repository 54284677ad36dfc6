import { SeededRandom } from '../../src/base/random.ts';
import { Clients } from './clients.ts';
import type { Described, Fact, Handed } from './history.ts';
import type { Plan } from './plan.ts';
import { keyOf } from './setting.ts';
import { createAll, sourcesFirst, Workload } from './workload.ts';
import { World } from './world.ts';

/** What came of one plan. */
export interface Outcome {
  readonly facts: readonly Fact[];
  readonly trace: readonly string[];
}

/** Longer than any lease, delay and wait of the workload. */
const ALL_OVER_MS = 60_000;

/** Runs a plan from an empty disk to the last message. */
export async function runPlan({ seed, setting, steps }: Plan): Promise<Outcome> {
  const world = new World({ seed, window: setting.window });
  const clients = new Clients(world);
  await world.start();
  await createAll(world, clients, setting);
  const workload = new Workload(world, clients, setting);
  for (const step of steps) await workload.do(step);
  await new Ending(world, clients, sourcesFirst(setting)).run();
  return { facts: world.facts, trace: world.trace };
}

/** What follows the last step of every plan: all that is under way ends, and what is left is taken out. */
class Ending {
  readonly #world: World;
  readonly #clients: Clients;
  readonly #queues: readonly string[];
  readonly #random = new SeededRandom(7);

  constructor(world: World, clients: Clients, queues: readonly string[]) {
    this.#world = world;
    this.#clients = clients;
    this.#queues = queues;
  }

  async run(): Promise<void> {
    const world = this.#world;
    Object.assign(world.weather, { full: false, low: false, broken: false });
    await this.#calm();
    for (const operation of this.#clients.pending)
      world.note({ kind: 'trouble', what: `operation ${operation} was never answered` });
    await this.#kill();
    await this.#calm();
    world.note({ kind: 'drain', described: this.#describe() });
    for (const queue of this.#queues) await this.#drain(queue);
    world.note({ kind: 'drained', described: this.#describe() });
    await this.#kill();
    await this.#pass(ALL_OVER_MS);
    for (const queue of this.#queues) await this.#drain(queue);
  }

  /** Waits until every lease, delay, wait and move task is over. */
  async #calm(): Promise<void> {
    await this.#pass(1);
    await this.#pass(ALL_OVER_MS);
    for (let rests = 0; this.#queues.some((queue) => this.#isMoving(queue)); rests += 1) {
      await this.#pass(500);
      if (rests < 1000) continue;
      this.#world.note({ kind: 'trouble', what: 'a move task does not end' });
      break;
    }
    await this.#pass(1);
  }

  #isMoving(queue: string): boolean {
    const tasks = this.#world.platform.broker.moves.list(keyOf(queue));
    return tasks.ok && tasks.value.some(({ status }) => status === 'running' || status === 'cancelling');
  }

  async #kill(): Promise<void> {
    this.#world.end('killed', this.#random);
    this.#clients.forgetPending();
    await this.#world.start();
  }

  async #pass(durationMs: number): Promise<void> {
    await this.#world.settle(this.#random);
    this.#world.pass(durationMs);
    await this.#world.settle(this.#random);
  }

  #describe(): Described[] {
    return this.#queues.flatMap((queue) => {
      const described = this.#world.platform.broker.describe(keyOf(queue));
      if (!described.ok) return [];
      const { visibleCount, inFlightCount, delayedCount, tags } = described.value;
      return [{ queue, messages: visibleCount + inFlightCount + delayedCount, tag: tags['tag'] }];
    });
  }

  /** Receives and settles a queue to its end. */
  async #drain(queue: string): Promise<void> {
    for (let empty = 0; empty < 3;) {
      const handed = await this.#receive(queue);
      empty = handed.length === 0 ? empty + 1 : 0;
      if (handed.length > 0) await this.#ended(this.#clients.ask({ kind: 'settle', queue, handed }));
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
