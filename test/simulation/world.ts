import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../src/base/manual-clock.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { KeptBroker } from '../../src/broker/kept-broker.ts';
import type { Window } from '../../src/queue/window.ts';
import { SimulatedDisk } from './disk.ts';
import type { Fact, Happening } from './history.ts';
import { SimulatedStore, type Weather } from './simulated-store.ts';

/** One process of the platform, from its start to its end. */
export interface Platform {
  readonly run: number;
  readonly broker: KeptBroker;
  readonly clock: ManualClock;
  readonly store: SimulatedStore;
  isAlive: boolean;
}

/** What a simulation is built with besides the steps. */
export interface WorldParts {
  readonly seed: number;
  readonly window: Window;
}

/** More rounds of disk and platform than any work takes while no time passes. */
const MOST_ROUNDS = 500;

/** Everything outside of the platform: its disk, the wall clock, and what was seen of it. */
export class World {
  readonly facts: Fact[] = [];
  /** The facts and more: two runs of one seed write the same. */
  readonly trace: string[] = [];
  readonly weather: Weather = { full: false, low: false, broken: false };
  readonly #parts: WorldParts;
  readonly #disk = new SimulatedDisk();
  #wallMs = 1_700_000_000_000;
  #runs = 0;
  #platform: Platform | undefined;
  #isIll = false;

  constructor(parts: WorldParts) {
    this.#parts = parts;
  }

  /** The process that runs now, or ran last. */
  get platform(): Platform {
    if (this.#platform === undefined) throw new Error('the platform has not been started');
    return this.#platform;
  }

  /** Writes down what happened. */
  note(happening: Happening): void {
    const fact = { ...happening, nowMs: this.#platform?.clock.nowMs() ?? 0, run: this.#runs };
    this.facts.push(fact);
    this.trace.push(JSON.stringify(fact));
  }

  /** Starts the platform on what the disk holds. */
  async start(): Promise<void> {
    this.#runs += 1;
    const run = this.#runs;
    const store = await SimulatedStore.on(this.#disk, this.weather, run);
    const clock = new ManualClock(Math.max(this.#wallMs, store.lastDurableMs));
    const broker = await KeptBroker.open({
      store,
      clock,
      random: new SeededRandom(this.#parts.seed * 1000 + run),
      window: this.#parts.window,
      tell: (event) => this.trace.push(JSON.stringify(event)),
      onFatal: (error) => this.#fatal(run, error),
    });
    this.#platform = { run, broker, clock, store, isAlive: true };
    this.note({ kind: 'opened' });
  }

  /** The process ends at this very moment; what it had not synced is left to luck. */
  end(how: 'killed' | 'stopped' | 'disk broke', random: SeededRandom): void {
    this.platform.isAlive = false;
    this.trace.push(`${this.#disk.crash(random)} unsynced bytes are left`);
    this.note({ kind: 'ended', how });
  }

  /** Time passes, for the platform and for the clock on the wall. */
  pass(durationMs: number): void {
    this.#wallMs += durationMs;
    this.platform.clock.advance(durationMs);
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

  /** The disk does one thing. */
  async moveDisk(random: SeededRandom): Promise<void> {
    await this.platform.store.move(random);
  }

  /** The disk does everything that waits for it, and what follows from that. */
  async settle(random: SeededRandom): Promise<void> {
    let rounds = 0;
    for (let quiet = 0; quiet < 2 && this.platform.isAlive;) {
      rounds += 1;
      if (rounds > MOST_ROUNDS)
        return this.note({ kind: 'trouble', what: 'the platform asks the disk without an end' });
      await this.turns(3);
      quiet = this.platform.store.isBusy ? 0 : quiet + 1;
      for (let moves = 0; this.platform.store.isBusy && moves < 500; moves += 1) await this.moveDisk(random);
    }
  }

  #fatal(run: number, error: unknown): void {
    if (run !== this.#runs || !this.platform.isAlive) return;
    this.platform.isAlive = false;
    if (!this.weather.broken) this.note({ kind: 'trouble', what: `the platform gave up: ${String(error)}` });
  }
}
