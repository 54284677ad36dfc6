import { SeededRandom } from '../../src/base/random.ts';
import type { Clients } from './clients.ts';
import type { Call, SentEntry } from './history.ts';
import type { Step } from './plan.ts';
import { keyOf, type QueuePlan, type Setting } from './setting.ts';
import type { World } from './world.ts';

/** Turns one step of a plan into what it means for the platform and its surroundings. */
export class Workload {
  readonly #world: World;
  readonly #clients: Clients;
  readonly #setting: Setting;
  #bodies = 0;
  readonly #sent = new Map<string, SentEntry[]>();

  constructor(world: World, clients: Clients, setting: Setting) {
    this.#world = world;
    this.#clients = clients;
    this.#setting = setting;
  }

  /** Does one step; calls of clients go on after it. */
  async do(step: Step): Promise<void> {
    const random = new SeededRandom(step.seed);
    await this.#happen(step.kind, random);
    await this.#world.turns(step.turns);
    if (!this.#world.platform.isAlive) await this.#again('disk broke', random);
  }

  async #happen(kind: string, random: SeededRandom): Promise<void> {
    const world = this.#world;
    switch (kind) {
      case 'disk':
        return world.moveDisk(random);
      case 'disk-all':
        return world.settle(random);
      case 'time':
        return world.pass(durationMs(random));
      case 'jump':
        return world.jump(Math.floor((random.fraction() - 0.5) * 7_200_000));
      case 'kill':
        return this.#again('killed', random);
      case 'stop':
        return this.#stop(random);
      case 'full':
      case 'low':
        world.weather[kind] = !world.weather[kind] && random.fraction() < 0.7;
        return;
      case 'break':
        world.weather.broken = true;
        return;
      default: {
        const call = this.#call(kind, random);
        if (call !== undefined) void this.#clients.ask(call);
      }
    }
  }

  /** Gracefully: what was accepted is made durable before the end, unless the disk does not let it. */
  async #stop(random: SeededRandom): Promise<void> {
    const world = this.#world;
    const { platform } = world;
    const stopping = platform.broker[Symbol.asyncDispose]();
    await world.settle(random);
    if (platform.isAlive) await stopping;
    if (platform.isAlive) await this.#again('stopped', random);
  }

  async #again(how: 'killed' | 'stopped' | 'disk broke', random: SeededRandom): Promise<void> {
    this.#world.end(how, random);
    this.#world.weather.broken = false;
    this.#clients.forgetPending();
    await this.#world.start(random);
  }

  #call(kind: string, random: SeededRandom): Call | undefined {
    const plan = pick(this.#setting.queues, random);
    if (plan === undefined) return undefined;
    const queue = plan.name;
    switch (kind) {
      case 'send':
        return this.#send(plan, random);
      case 'receive':
      case 'poll':
        return receive(queue, kind === 'poll', random);
      case 'settle':
      case 'settle-old': {
        const handed = some(this.#clients.handedOf(queue), kind === 'settle', random);
        return handed.length === 0 ? undefined : { kind: 'settle', queue, handed };
      }
      case 'extend': {
        const handed = some(this.#clients.handedOf(queue), true, random);
        const visibilityMs = random.fraction() < 0.4 ? 0 : Math.floor(random.fraction() * 20_000);
        return handed.length === 0 ? undefined : { kind: 'extend', queue, handed, visibilityMs };
      }
      case 'purge':
        return { kind: 'purge', queue };
      case 'start-move':
        return this.#startMove(random);
      case 'cancel-move': {
        const id = this.#clients.taskOf(queue);
        return id === undefined ? undefined : { kind: 'cancel-move', queue, id };
      }
      case 'change':
        return { kind: 'change', queue, change: { visibilityMs: 1000 * Math.ceil(random.fraction() * 30) } };
      case 'tag':
        return { kind: 'tag', queue, value: String(Math.floor(random.fraction() * 2 ** 32)) };
      case 'recreate':
        return random.fraction() < 0.4
          ? { kind: 'delete', queue }
          : { kind: 'create', queue, settings: plan.settings };
      default:
        throw new Error(`no step is called ${kind}`);
    }
  }

  #send(plan: QueuePlan, random: SeededRandom): Call {
    const count = random.fraction() < 0.6 ? 1 : 1 + Math.floor(random.fraction() * 10);
    const entries = Array.from({ length: count }, () => this.#entry(plan, random));
    return { kind: 'send', queue: plan.name, entries };
  }

  #entry(plan: QueuePlan, random: SeededRandom): SentEntry {
    const sent = this.#sent.get(plan.name) ?? [];
    const { fifo } = plan.settings;
    const before = pick(sent.slice(-20), random);
    if (fifo !== undefined && before !== undefined && random.fraction() < 0.25) {
      // The same again, as a client does that has not been answered; by id the body may be another.
      if (before.deduplicationId === undefined || random.fraction() < 0.5) return before;
      return { ...before, body: this.#body() };
    }
    const groupId = pick(fifo === undefined || plan.groups.length > 0 ? plan.groups : ['a'], random);
    const body = this.#body();
    const delayMs = Math.floor(random.fraction() * 10_000);
    const entry = {
      body,
      ...(groupId !== undefined && { groupId }),
      ...(fifo?.contentBasedDeduplication === false && { deduplicationId: `id-${body}` }),
      ...(fifo === undefined && random.fraction() < 0.15 && { delayMs }),
    };
    this.#sent.set(plan.name, [...sent, entry]);
    return entry;
  }

  #body(): string {
    this.#bodies += 1;
    return `m${this.#bodies}`;
  }

  #startMove(random: SeededRandom): Call | undefined {
    const source = pick(
      this.#setting.queues.filter(({ deadLetters }) => deadLetters !== undefined),
      random,
    );
    if (source?.deadLetters === undefined) return undefined;
    const destination = random.fraction() < 0.4 ? { destination: source.name } : {};
    const perSecond = random.fraction() < 0.4 ? { perSecond: 1 + Math.floor(random.fraction() * 50) } : {};
    return { kind: 'start-move', queue: source.deadLetters, ...destination, ...perSecond };
  }
}

function receive(queue: string, waits: boolean, random: SeededRandom): Call {
  const attempt = random.fraction() < 0.2 ? { attemptId: `try-${Math.floor(random.fraction() * 3)}` } : {};
  return {
    ...{ kind: 'receive', queue, ...attempt },
    maximum: 1 + Math.floor(random.fraction() * 10),
    visibilityMs: random.fraction() < 0.1 ? 0 : 500 + Math.floor(random.fraction() * 20_000),
    waitMs: waits ? 1000 + Math.floor(random.fraction() * 19_000) : 0,
    holder: random.fraction() < 0.15 ? 'dispatcher' : 'client',
  };
}

function durationMs(random: SeededRandom): number {
  const dice = random.fraction();
  const mostMs = dice < 0.6 ? 500 : dice < 0.9 ? 15_000 : dice < 0.97 ? 200_000 : 400_000;
  return Math.floor(random.fraction() * mostMs);
}

function pick<Item>(items: readonly Item[], random: SeededRandom): Item | undefined {
  return items[Math.floor(random.fraction() * items.length)];
}

/** Some of the items; `recent`: of the last few. */
function some<Item>(items: readonly Item[], recent: boolean, random: SeededRandom): Item[] {
  return (recent ? items.slice(-6) : items).filter(() => random.fraction() < 0.5).slice(0, 10);
}

/** The names of a setting's queues, sources before the queues of their dead letters. */
export function sourcesFirst({ queues }: Setting): readonly string[] {
  return queues.map(({ name }) => name).reverse();
}

/** Creates every queue of the setting. */
export async function createAll(world: World, clients: Clients, setting: Setting): Promise<void> {
  const random = new SeededRandom(1);
  for (const { name, settings } of setting.queues) {
    void clients.ask({ kind: 'create', queue: name, settings });
    await world.settle(random);
    if (!world.platform.broker.describe(keyOf(name)).ok) throw new Error(`${name} was not created`);
  }
}
