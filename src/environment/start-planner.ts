import type { Clock } from '../base/clock.ts';
import type { EnvironmentGroup } from './group.ts';
import type { EnvironmentGroups } from './groups.ts';
import type { ReadyAhead } from './ready-ahead.ts';
import type { Room } from './room.ts';
import type { Spares } from './spares.ts';
import { StartSlots } from './start-slots.ts';
import type { WaitingLine } from './waiting-line.ts';

/** What a first invocation takes from its handing over until its handler runs. */
const HEAD_START_MS = 10;

/** What {@link StartPlanner} works with. */
export interface StartPlannerParts {
  readonly clock: Clock;
  readonly groups: EnvironmentGroups;
  readonly line: WaitingLine;
  readonly ahead: ReadyAhead;
  readonly room: Room;
  readonly spares?: Pick<Spares, 'fill' | 'giveUpOne' | 'usedMemoryBytes' | 'size' | 'hasFor'>;
  /** How many environments may be starting at a time. */
  readonly startsAtOnce: number;
  /** How many of those until the first of many has its environment. */
  readonly startsAtFirst: number;
  /** Begins a start, which calls `release` once it is over and says whether somebody was served while others still wait. */
  readonly start: (group: EnvironmentGroup, release: (isServedFirst: boolean) => void) => void;
}

/** When which start begins: who waits longest comes first, as far as slots are free and memory allows. */
export class StartPlanner {
  readonly #parts: StartPlannerParts;
  readonly #slots: StartSlots;
  /** For those who can have a program that waits: they do not wait behind starts. */
  readonly #hitSlots: StartSlots;

  constructor(parts: StartPlannerParts) {
    const { clock, startsAtOnce: most, startsAtFirst: atFirst } = parts;
    this.#parts = parts;
    this.#slots = new StartSlots(clock, { most, atFirst, headStartMs: HEAD_START_MS });
    this.#hitSlots = new StartSlots(clock, { most, atFirst: Math.ceil(most / 2), headStartMs: 0 });
  }

  /** True while nobody waits for an environment and none is being started. */
  get isQuiet(): boolean {
    return this.#parts.line.length === 0 && this.#slots.areUnused && this.#hitSlots.areUnused;
  }

  /** Begins the starts that can begin now. To be called again whenever something of that has changed. */
  plan(): void {
    const { line, spares } = this.#parts;
    if (line.isClosed) return;
    if (this.isQuiet) spares?.fill();
    this.#planHits();
    if (this.#planForWaiting()) this.#planAhead();
  }

  /** Needs no room: what waits has its memory already. */
  #planHits(): void {
    const { line, spares } = this.#parts;
    if (spares === undefined) return;
    const passed = new Set<EnvironmentGroup>();
    for (const { group } of line) {
      if (this.#hitSlots.areFull) return;
      if (passed.has(group)) continue;
      if (group.needsStart && this.#isHit(group)) this.#start(group, this.#hitSlots);
      else passed.add(group);
    }
  }

  /** False when slots or memory have run out. */
  #planForWaiting(): boolean {
    // Many wait for one function: each is looked at once.
    const passed = new Set<EnvironmentGroup>();
    for (const { group } of this.#parts.line) {
      if (this.#slots.areFull) return false;
      if (passed.has(group)) continue;
      if (!group.needsStart || this.#isHit(group)) {
        passed.add(group);
        continue;
      }
      if (!this.#makeRoom(group)) return false;
      this.#start(group, this.#slots);
    }
    return true;
  }

  #planAhead(): void {
    while (!this.#slots.areFull) {
      const group = this.#parts.ahead.next((wanting) => this.#makeRoom(wanting));
      if (group === undefined) return;
      this.#start(group, this.#slots);
    }
  }

  #start(group: EnvironmentGroup, slots: StartSlots): void {
    this.#parts.start(
      group,
      slots.take(() => this.plan()),
    );
  }

  /** True when a program that waits is there for it, beyond those that others are just getting. */
  #isHit({ record }: EnvironmentGroup): boolean {
    const { spares } = this.#parts;
    return spares !== undefined && this.#hitSlots.inUse < spares.size && spares.hasFor(record);
  }

  #makeRoom(wanting: EnvironmentGroup): boolean {
    const { groups, room, spares } = this.#parts;
    const occupied = groups.occupied(spares?.usedMemoryBytes);
    const found = room.check(occupied, groups.evictableFor(wanting));
    if (found.kind !== 'free' && spares?.giveUpOne(() => this.plan()) === true) return false;
    // Its end makes the room, and is followed by another look.
    if (found.kind === 'evict') {
      groups.dropIdle(found.victim);
      found.victim.stop('its memory is needed');
    }
    return found.kind === 'free';
  }
}
