import { ByOrder } from '../base/by-order.ts';
import type { Moment } from './command.ts';
import type { Entry } from './entry.ts';
import { Lane } from './lane.ts';
import { Line } from './line.ts';
import { LineSweep } from './line-sweep.ts';
import { ArrivedLanes } from './stretch.ts';

/** A lane with fewer messages in its line than this is gone on with. */
const LOW_COUNT = 10;

/** More lanes than this are not remembered only because something of them rests. */
const MOST_HUNGRY = 10_000;

/** How many lanes are looked at to find those that a page may go on with. */
const LOOKED_AT = 300;

/**
 * The lanes of a FIFO queue of which the law knows something. Of all others nothing rests behind the sweep, and what rests in
 * front of it is found by it: a lane of which nothing is in memory need not be known for that.
 */
export class Lanes {
  readonly sweep = new LineSweep();
  readonly arrived = new ArrivedLanes();
  readonly #lanes = new ByOrder<Lane>();
  readonly #ready = new Line<Lane>();
  /** Lanes of which something may rest behind the sweep; some may not be there any more. */
  readonly #behind = new Set<Lane>();
  /** Open lanes whose line is short and of which something may rest behind the sweep. */
  readonly #hungry = new Set<Lane>();
  /** Lanes whose first message a receive may have. */
  readyCount = 0;
  /** The next page sweeps on, rather than going on with lanes that are known. */
  isTurnToLook = false;

  get(key: number): Lane | undefined {
    return this.#lanes.get(key);
  }

  /** The lane, known from now on. */
  know(key: number): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key);
      this.#lanes.add(lane);
    }
    return lane;
  }

  all(): Iterable<Lane> {
    return this.#lanes.unsorted();
  }

  get isHungry(): boolean {
    return this.#hungry.size > 0;
  }

  /** Lanes that a page may go on with: what the disk shows of them may be new. */
  hungry(moment: Moment, limit: number): Lane[] {
    const chosen: Lane[] = [];
    let looked = 0;
    for (const lane of this.#hungry) {
      if (chosen.length >= limit || looked >= LOOKED_AT) break;
      looked += 1;
      if (!this.isBehindSweep(lane)) this.refresh(lane);
      else if (moment.durableGroup > lane.sawGroup) chosen.push(lane);
    }
    return chosen;
  }

  /** True when something of this lane may rest behind the sweep: it is gone on with by its name. */
  isBehindSweep({ restsFrom }: Lane): boolean {
    return restsFrom <= this.sweep.cursor;
  }

  /** Lanes that the sweep need not heed, at most so many. */
  passedOver(limit: number): number[] {
    const passed: number[] = [];
    for (const lane of this.#behind) {
      if (passed.length >= limit) break;
      if (this.isBehindSweep(lane)) passed.push(lane.key);
      else this.#behind.delete(lane);
    }
    return passed;
  }

  /** An entry enters the line of its lane. */
  enter(entry: Entry): void {
    const lane = this.know(entry.lane);
    lane.enter(entry);
    lane.entryCount += 1;
    this.refresh(lane);
  }

  /** A leased entry is known, from the store. */
  restoreOut(entry: Entry, somethingRests: boolean): void {
    const lane = this.know(entry.lane);
    lane.takeOut(entry.order);
    lane.entryCount += 1;
    if (somethingRests) lane.restsFrom = 1;
  }

  /** An entry of the line was leased and taken from it. */
  takenOut(lane: Lane, { order }: Entry): void {
    lane.takeOut(order);
  }

  /** A leased entry waits again, at its place. */
  comeBack(entry: Entry): void {
    const lane = this.know(entry.lane);
    lane.bringBack(entry.order);
    lane.enter(entry);
    this.refresh(lane);
  }

  /** An entry has left memory; lines let go of it later. */
  leave(entry: Entry, wasOut: boolean): void {
    const lane = this.#lanes.get(entry.lane);
    if (lane === undefined) return;
    lane.entryCount -= 1;
    if (wasOut) lane.bringBack(entry.order);
    this.refresh(lane);
  }

  /** A message rests in the store alone; `before` others did already. */
  rest({ lane: key, order }: Pick<Entry, 'lane' | 'order'>, before: number, moment: Moment): void {
    if (before === 0) this.sweep.begin(order);
    this.sweep.drop(order, moment.group);
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    lane.restsFrom = Math.min(lane.restsFrom, order);
    this.refresh(lane);
  }

  /** What a page has brought of a lane is read again when it is needed. */
  dropStretch(lane: Lane): void {
    if (lane.stretch === undefined) return;
    lane.restsFrom = Math.min(lane.restsFrom, lane.stretch.first);
    lane.stretch.drop();
    lane.stretch = undefined;
    this.refresh(lane);
  }

  /** The next lane that is ready, taken from the line of ready ones until it is put back. */
  takeReady(): Lane | undefined {
    for (let lane = this.#ready.shift(); lane !== undefined; lane = this.#ready.shift()) {
      if (lane.isReady) return lane;
      lane.isInLine = false;
    }
    return undefined;
  }

  /** A lane that was taken stands behind all others that are ready, if it still is. */
  putBack(lane: Lane): void {
    lane.isInLine = false;
    this.refresh(lane);
  }

  /** Brings everything that follows from a lane's entries up to date. */
  refresh(lane: Lane): void {
    const isReady = lane.canCome;
    if (isReady !== lane.isReady) this.readyCount += isReady ? 1 : -1;
    lane.isReady = isReady;
    if (isReady && !lane.isInLine) {
      lane.isInLine = true;
      this.#ready.push(lane);
    }
    const isBehind = this.isBehindSweep(lane);
    const isHungry = lane.isOpen && isBehind && lane.waitingCount < LOW_COUNT;
    if (isHungry) this.#hungry.add(lane);
    else this.#hungry.delete(lane);
    if (isBehind) this.#behind.add(lane);
    else this.#behind.delete(lane);
    if (lane.isEmpty && !isBehind) this.#lanes.delete(lane.key);
    else if (this.#hungry.size > MOST_HUNGRY) this.#forgetOne();
  }

  /** A lane of which nothing is in memory is not known any more: the sweep goes back for it, at this time if one is given. */
  forget(lane: Lane, hiddenUntilMs?: number): void {
    this.#lanes.delete(lane.key);
    this.#hungry.delete(lane);
    this.#behind.delete(lane);
    this.sweep.goBack(lane.restsFrom, lane.restsFrom, hiddenUntilMs);
  }

  /** Everything is gone. */
  clear(): void {
    this.#lanes.clear();
    this.#hungry.clear();
    this.#behind.clear();
    this.#ready.clear();
    this.readyCount = 0;
    this.arrived.clear();
    this.sweep.clear();
  }

  #forgetOne(): void {
    for (const lane of this.#hungry) {
      if (!lane.isEmpty) continue;
      return this.forget(lane);
    }
  }
}
