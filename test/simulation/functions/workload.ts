import type { RequestId } from '../../../src/base/ids.ts';
import { SeededRandom } from '../../../src/base/random.ts';
import { toAnswer, type Clients } from '../clients.ts';
import type { Answer, Call, SentEntry } from '../history.ts';
import type { Step } from '../plan.ts';
import type { World } from '../world.ts';
import { POISON } from './payload.ts';
import type { FunctionRooms } from './rooms.ts';
import type { Mood } from './sandbox.ts';
import { FUNCTION, type FunctionSetting } from './setting.ts';

const INBOX = `inbox:${FUNCTION.name}`;

/** How long nothing may happen: time-outs and leases are longer. */
const SHORT_MS = 500;

/** The disk and the code inside environments go on until they have nothing to do. */
export async function carryOn(world: World<FunctionRooms>, random: SeededRandom, mood: Mood): Promise<void> {
  await world.settle(random);
  for (let acts = 0; world.platform.rooms.sandbox.isBusy && acts < MOST_ACTS; acts += 1) {
    world.platform.rooms.sandbox.act(random, mood);
    await world.settle(random);
  }
}

/** Code that is called again and again is left for a moment. */
const MOST_ACTS = 50;

/** Turns one step of a plan into what it means for the platform, its functions and its surroundings. */
export class FunctionWorkload {
  readonly #world: World<FunctionRooms>;
  readonly #clients: Clients<FunctionRooms>;
  readonly #setting: FunctionSetting;
  #bodies = 0;

  constructor(world: World<FunctionRooms>, clients: Clients<FunctionRooms>, setting: FunctionSetting) {
    this.#world = world;
    this.#clients = clients;
    this.#setting = setting;
  }

  /** Does one step; what clients ask goes on after it. */
  async do(step: Step): Promise<void> {
    const random = new SeededRandom(step.seed);
    await this.#happen(step.kind, random);
    await this.#world.turns(step.turns);
    if (!this.#world.platform.isAlive) await this.#again('disk broke', random);
  }

  async #happen(kind: string, random: SeededRandom): Promise<void> {
    const world = this.#world;
    const { sandbox, functions } = world.platform.rooms;
    const { mood } = this.#setting;
    switch (kind) {
      case 'disk':
        return world.moveDisk(random);
      case 'disk-all':
        return world.settle(random);
      case 'act':
        return sandbox.act(random, mood);
      case 'act-all':
        for (let acts = 0; sandbox.isBusy && acts < 20; acts += 1) sandbox.act(random, mood);
        return;
      case 'time':
        return this.#pass(durationMs(random), random);
      case 'kill':
        return this.#again('killed', random);
      case 'stop':
        return this.#stop(random);
      case 'full':
        world.weather.full = !world.weather.full && random.fraction() < 0.7;
        return;
      case 'break':
        world.weather.broken = true;
        return;
      case 'deploy':
        world.note({ kind: 'deployed' });
        await functions.changeCode(FUNCTION, Buffer.from(`code ${Math.floor(random.fraction() * 1000)}`));
        return;
      default:
        void this.#clients.ask(this.#call(kind, random));
    }
  }

  /** In a short time nothing need happen; in a longer one the disk gets done, and code inside does what it does. */
  #pass(passingMs: number, random: SeededRandom): Promise<void> {
    const world = this.#world;
    if (passingMs <= SHORT_MS) return world.live(passingMs, () => world.turns(2));
    return world.live(passingMs, () => carryOn(world, random, this.#setting.mood));
  }

  #call(kind: string, random: SeededRandom): Call {
    const { source } = this.#setting;
    switch (kind) {
      case 'send':
        return { kind: 'send', queue: source, entries: this.#entries(random) };
      case 'post':
        return { kind: 'post', queue: INBOX, ...this.#event(random) };
      case 'enable':
        return { kind: 'enable', queue: source, isEnabled: random.fraction() < 0.6 };
      default:
        throw new Error(`no step is called ${kind}`);
    }
  }

  #entries(random: SeededRandom): readonly SentEntry[] {
    const isFifo = this.#setting.source.endsWith('.fifo');
    const count = random.fraction() < 0.4 ? 1 : 1 + Math.floor(random.fraction() * 10);
    return Array.from({ length: count }, () => {
      const groupId = ['a', 'b', 'c'][Math.floor(random.fraction() * 3)];
      return { body: this.#body('m', random), ...(isFifo && groupId !== undefined && { groupId }) };
    });
  }

  #event(random: SeededRandom): { readonly event: string; readonly requestId: string } {
    return { event: JSON.stringify(this.#body('e', random)), requestId: random.uuid() };
  }

  #body(letter: string, random: SeededRandom): string {
    this.#bodies += 1;
    const isPoison = this.#setting.hasPoison && random.fraction() < 0.1;
    return isPoison ? `${POISON}-${this.#bodies}` : `${letter}${this.#bodies}`;
  }

  /** Gracefully: dispatch stops first, invocations have a moment to end, and what was accepted is made durable. */
  async #stop(random: SeededRandom): Promise<void> {
    const world = this.#world;
    const { platform } = world;
    let isOver = false;
    const stop = async (): Promise<void> => {
      await platform.rooms[Symbol.asyncDispose]();
      await platform.broker[Symbol.asyncDispose]();
      isOver = true;
    };
    const stopping = stop();
    for (let rounds = 0; !isOver && platform.isAlive && rounds < 40; rounds += 1) {
      await world.live(300, () => carryOn(world, random, this.#setting.mood));
    }
    if (!platform.isAlive) return;
    if (isOver) await stopping;
    else world.note({ kind: 'trouble', what: 'the platform does not stop' });
    await this.#again('stopped', random);
  }

  async #again(how: 'killed' | 'stopped' | 'disk broke', random: SeededRandom): Promise<void> {
    this.#world.end(how, random);
    Object.assign(this.#world.weather, { broken: false, full: false });
    this.#clients.forgetPending();
    await this.#world.start(random);
  }
}

/** What clients ask of the rooms above the broker. */
export async function askRooms(world: World<FunctionRooms>, call: Call): Promise<Answer> {
  const { inboxes, mappings } = world.platform.rooms;
  if (call.kind === 'post') {
    const requestId = call.requestId as RequestId;
    return toAnswer(await inboxes.post(FUNCTION, { payload: call.event, requestId }, 'sender'));
  }
  if (call.kind !== 'enable') throw new Error(`nobody is asked to ${call.kind}`);
  const [mapping] = mappings.list();
  if (mapping === undefined) return { ok: false, failure: 'no-such-mapping' };
  return toAnswer(await mappings.change(mapping.uuid, { enabled: call.isEnabled }));
}

function durationMs(random: SeededRandom): number {
  const dice = random.fraction();
  const mostMs = dice < 0.5 ? 200 : dice < 0.85 ? 4000 : dice < 0.97 ? 40_000 : 150_000;
  return Math.floor(random.fraction() * mostMs);
}
