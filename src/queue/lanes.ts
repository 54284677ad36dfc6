import type { Moment } from './command.ts';
import type { Entry } from './entry.ts';
import { Lane } from './lane.ts';
import { LaneSweep } from './lane-sweep.ts';
import { Line } from './line.ts';

/** A lane with fewer messages in its line than this is gone on with. */
const LOW_COUNT = 10;

/** More lanes than this are not remembered only because something of them rests. */
const MOST_HUNGRY = 10_000;

/** How many lanes are looked at to find those that a page may go on with. */
const LOOKED_AT = 300;

/** The lanes of a FIFO queue of which the law knows something. */
export class Lanes {
  readonly sweep = new LaneSweep();
  readonly #lanes = new Map<number, Lane>();
  readonly #ready = new Line<Lane>();
  /** Open lanes whose line is short and of which something rests. */
  readonly #hungry = new Set<Lane>();
  /** Lanes whose first message a receive may have. */
  readyCount = 0;
  /** The next page looks for lanes that are not known, rather than going on with those that are. */
  isTurnToLook = false;

  get(key: number): Lane | undefined {
    return this.#lanes.get(key);
  }

  /** The lane, known from now on. */
  know(key: number): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  all(): Iterable<Lane> {
    return this.#lanes.values();
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
      if (moment.durableGroup > lane.sawGroup) chosen.push(lane);
    }
    return chosen;
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
    lane.outCount += 1;
    lane.entryCount += 1;
    if (somethingRests) lane.restsFrom = 0;
  }

  /** An entry of the line was leased and taken from it. */
  takenOut(lane: Lane): void {
    lane.outCount += 1;
  }

  /** A leased entry waits again, at its place. */
  comeBack(entry: Entry): void {
    const lane = this.know(entry.lane);
    lane.outCount -= 1;
    lane.enter(entry);
    this.refresh(lane);
  }

  /** An entry has left memory; lines let go of it later. */
  leave(entry: Entry, wasOut: boolean): void {
    const lane = this.#lanes.get(entry.lane);
    if (lane === undefined) return;
    lane.entryCount -= 1;
    if (wasOut) lane.outCount -= 1;
    this.refresh(lane);
  }

  /** A message rests in the store alone. */
  rest(key: number, place: { readonly order: number; readonly visibleAtMs: number }, moment: Moment): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return this.sweep.drop(place.visibleAtMs, moment.group, moment.nowMs);
    lane.restsFrom = Math.min(lane.restsFrom, place.order);
    lane.lastDropGroup = Math.max(lane.lastDropGroup, moment.group);
    this.refresh(lane);
  }

  /** The next lane that is ready, taken from the line of ready ones. */
  takeReady(): Lane | undefined {
    for (let lane = this.#ready.shift(); lane !== undefined; lane = this.#ready.shift()) {
      lane.isInLine = false;
      if (lane.isReady) return lane;
    }
    return undefined;
  }

  /** Brings everything that follows from a lane's entries up to date. */
  refresh(lane: Lane): void {
    const isReady = lane.isOpen && lane.head?.standing === 'waiting';
    if (isReady !== lane.isReady) this.readyCount += isReady ? 1 : -1;
    lane.isReady = isReady;
    if (isReady && !lane.isInLine) {
      lane.isInLine = true;
      this.#ready.push(lane);
    }
    const isHungry = lane.isOpen && lane.restsFrom < Infinity && lane.line.length < LOW_COUNT;
    if (isHungry) this.#hungry.add(lane);
    else this.#hungry.delete(lane);
    if (lane.entryCount === 0 && lane.restsFrom === Infinity) this.#lanes.delete(lane.key);
    else if (this.#hungry.size > MOST_HUNGRY) this.#forgetOne();
  }

  /** A lane of which nothing is in memory is not known any more; it is looked for from this time on. */
  forgetUntil(lane: Lane, visibleAtMs: number): void {
    this.#lanes.delete(lane.key);
    this.#hungry.delete(lane);
    this.sweep.nextMs = Math.min(this.sweep.nextMs, visibleAtMs);
    this.sweep.lastDropGroup = Math.max(this.sweep.lastDropGroup, lane.lastDropGroup);
  }

  /** Everything is gone. */
  clear(): void {
    this.#lanes.clear();
    this.#hungry.clear();
    this.#ready.clear();
    this.readyCount = 0;
    this.sweep.clear();
  }

  #forgetOne(): void {
    for (const lane of this.#hungry) {
      if (lane.entryCount > 0) continue;
      this.#lanes.delete(lane.key);
      this.#hungry.delete(lane);
      this.sweep.forget(lane.lastDropGroup);
      return;
    }
  }
}
