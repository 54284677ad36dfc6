import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../src/base/manual-clock.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { KeptBroker } from '../../src/broker/kept-broker.ts';
import type { Tell, WatchEvent } from '../../src/watch/event.ts';
import type { Window } from '../../src/queue/window.ts';
import { SimulatedDisk } from './disk.ts';
import type { Fact, Happening } from './history.ts';
import { SimulatedStore, type Weather } from './simulated-store.ts';

/** What is there when the rooms above the broker are built. */
export interface Ground {
  readonly run: number;
  readonly broker: KeptBroker;
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly tell: Tell;
  /** Writes down what happened, as long as this run goes on. */
  readonly note: (happening: Happening) => void;
  /** Takes a part of the disk that moves by itself. */
  readonly use: (device: Device) => void;
}

/** One process of the platform, from its start to its end. */
export interface Platform<Rooms> extends Ground {
  readonly store: SimulatedStore;
  readonly rooms: Rooms;
  isAlive: boolean;
}

/** A part of the disk: work waits for it, and is done a move at a time. */
export interface Device {
  readonly isBusy: boolean;
  move(random: SeededRandom): void | Promise<void>;
}

/** What a simulation is built with besides the steps. */
export interface WorldParts<Rooms> {
  readonly seed: number;
  readonly window: Window;
  /** Builds what stands on the broker. */
  readonly build: (ground: Ground) => Promise<Rooms>;
}

/** More rounds of disk and platform than any work takes while no time passes. */
const MOST_ROUNDS = 500;

/** How often the platform is killed at one moment of its start. */
const KILLED_WHILE_OPENING = 0.05;

/** Everything outside of the platform: its disk, the wall clock, and what was seen of it. */
export class World<Rooms = undefined> {
  readonly facts: Fact[] = [];
  /** The facts and more: two runs of one seed write the same. */
  readonly trace: string[] = [];
  readonly weather: Weather = { full: false, low: false, broken: false };
  readonly #parts: WorldParts<Rooms>;
  readonly #disk = new SimulatedDisk();
  #wallMs = 1_700_000_000_000;
  #runs = 0;
  #platform: Platform<Rooms> | undefined;
  #clock = new ManualClock();
  #devices: Device[] = [];
  /** The run that goes on. */
  #liveRun = 0;
  #isIll = false;

  constructor(parts: WorldParts<Rooms>) {
    this.#parts = parts;
  }

  /** The process that runs now, or ran last. */
  get platform(): Platform<Rooms> {
    if (this.#platform === undefined) throw new Error('the platform has not been started');
    return this.#platform;
  }

  /** Writes down what happened. */
  note(happening: Happening): void {
    const fact = { ...happening, nowMs: this.#clock.nowMs(), run: this.#runs };
    this.facts.push(fact);
    this.trace.push(JSON.stringify(fact));
  }

  /** Starts the platform on what the disk holds. By `chance` it is killed before it is open, and starts once more. */
  async start(chance?: SeededRandom): Promise<void> {
    while (!(await this.#open(chance))) this.#cut('killed', chance ?? new SeededRandom(this.#runs));
    this.note({ kind: 'opened' });
  }

  async #open(chance: SeededRandom | undefined): Promise<boolean> {
    this.#runs += 1;
    const run = this.#runs;
    this.#liveRun = run;
    const store = await SimulatedStore.on(this.#disk, this.weather, run);
    const clock = new ManualClock(Math.max(this.#wallMs, store.lastDurableMs));
    this.#clock = clock;
    this.#devices = [store];
    const random = new SeededRandom(this.#parts.seed * 1000 + run);
    const tell: Tell = (event) => this.#told(event);
    const onFatal = (error: unknown): void => this.#fatal(run, error);
    const { window } = this.#parts;
    const broker = await KeptBroker.open({ store, clock, random, window, tell, onFatal });
    const use = (device: Device): void => void this.#devices.push(device);
    const note = (happening: Happening): void => {
      if (this.#liveRun === run) this.note(happening);
    };
    const ground = { run, broker, clock, random, tell, note, use };
    const built = await this.#built(this.#parts.build(ground), chance);
    if (built !== undefined) this.#platform = { ...ground, store, rooms: built.rooms, isAlive: true };
    return built !== undefined;
  }

  /** The process ends at this very moment; what it had not synced is left to luck. */
  end(how: 'killed' | 'stopped' | 'disk broke', random: SeededRandom): void {
    this.platform.isAlive = false;
    this.#cut(how, random);
  }

  #cut(how: 'killed' | 'stopped' | 'disk broke', random: SeededRandom): void {
    this.#liveRun = 0;
    this.trace.push(`${this.#disk.crash(random)} unsynced bytes are left`);
    this.note({ kind: 'ended', how });
  }

  /** Time passes, for the platform and for the clock on the wall. */
  pass(durationMs: number): void {
    this.#wallMs += durationMs;
    this.platform.clock.advance(durationMs);
  }

  /** Time passes, and whatever is planned in it is done at its time; `meanwhile` is done again and again. */
  async live(durationMs: number, meanwhile: () => Promise<void>): Promise<void> {
    const { clock } = this.platform;
    const endMs = clock.nowMs() + durationMs;
    while (clock.nowMs() < endMs && this.platform.isAlive) {
      await meanwhile();
      const dueMs = clock.nextDueMs() ?? endMs;
      this.pass(Math.max(1, Math.min(dueMs, endMs) - clock.nowMs()));
    }
    await meanwhile();
  }

  /** The clock on the wall is set: the platform learns of it when it starts again. */
  jump(byMs: number): void {
    this.#wallMs += byMs;
    this.trace.push(`the clock jumps by ${byMs} ms`);
  }

  /** Lets everything that is ready go on, some turns of the event loop. */
  async turns(count: number): Promise<void> {
    for (let done = 0; done < count; done += 1) await turn();
    const isIll = this.weather.full || this.weather.low || this.platform.store.isRefusing;
    if (isIll === this.#isIll) return;
    this.#isIll = isIll;
    this.note({ kind: 'disk', state: isIll ? 'ill' : 'well' });
  }

  /** True while something waits for the disk. */
  get isDiskBusy(): boolean {
    return this.#devices.some(({ isBusy }) => isBusy);
  }

  /** The disk does one thing. */
  async moveDisk(random: SeededRandom): Promise<void> {
    const busy = this.#devices.filter(({ isBusy }) => isBusy);
    await busy[Math.floor(random.fraction() * busy.length)]?.move(random);
  }

  /** The disk does everything that waits for it, and what follows from that. */
  async settle(random: SeededRandom): Promise<void> {
    let rounds = 0;
    for (let quiet = 0; quiet < 2 && this.platform.isAlive;) {
      rounds += 1;
      if (rounds > MOST_ROUNDS)
        return this.note({ kind: 'trouble', what: 'the platform asks the disk without an end' });
      await this.turns(3);
      quiet = this.isDiskBusy ? 0 : quiet + 1;
      for (let moves = 0; this.isDiskBusy && moves < 500; moves += 1) await this.moveDisk(random);
    }
  }

  /** The rooms, once they are open: the disk works meanwhile. Undefined when the platform was killed before. */
  async #built(
    building: Promise<Rooms>,
    chance: SeededRandom | undefined,
  ): Promise<{ readonly rooms: Rooms } | undefined> {
    const random = new SeededRandom(this.#runs);
    let built: { readonly rooms: Rooms } | undefined;
    const opened = building.then((rooms) => (built = { rooms }));
    await turn();
    while (built === undefined) {
      if (chance !== undefined && chance.fraction() < KILLED_WHILE_OPENING) return undefined;
      await this.moveDisk(random);
      await turn();
    }
    return opened;
  }

  #told(event: WatchEvent): void {
    this.trace.push(JSON.stringify(event));
    if (event.kind === 'trouble' && event.what.includes('InvariantError'))
      this.note({ kind: 'trouble', what: `${event.where}: ${event.what}` });
  }

  #fatal(run: number, error: unknown): void {
    if (run !== this.#runs || !this.platform.isAlive) return;
    this.platform.isAlive = false;
    if (!this.weather.broken) this.note({ kind: 'trouble', what: `the platform gave up: ${String(error)}` });
  }
}
