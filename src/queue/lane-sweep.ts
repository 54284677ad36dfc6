import type { LanePage } from '../store/queue-store.ts';
import type { Moment } from './command.ts';

/**
 * The search for lanes that the law does not know and whose messages rest in the store. It goes through the lanes by
 * their numbers, around and around, as long as a round may find something: after a message of an unknown lane was left
 * to the store, and when one of those passed over shows.
 */
export class LaneSweep {
  /** No lane that was passed over shows before this time. */
  nextMs = Infinity;
  /** The last group in which a message of an unknown lane was left to the store. */
  lastDropGroup = -1;
  /** The last of these groups whose message was not hidden. */
  #lastVisibleDropGroup = -1;
  #afterLane = 0;
  /** The round that is under way. */
  #round: { readonly from: number; readonly throughGroup: number; isBehindTheEnd: boolean } | undefined;
  /** All that was left to the store up to this group has been found by a whole round. */
  #sweptThroughGroup = -1;
  /** A lane is not known any more although something of it rests. */
  #again = false;
  /** Another round is of use only once the disk has come further than this. */
  #lastRoundGroup = -1;

  /** The lane behind which the next page goes on. */
  get afterLane(): number {
    return this.#afterLane;
  }

  /** A message of a lane that is not known is left to the store. */
  drop(visibleAtMs: number, group: number, nowMs: number): void {
    this.lastDropGroup = Math.max(this.lastDropGroup, group);
    if (visibleAtMs > nowMs) this.nextMs = Math.min(this.nextMs, visibleAtMs);
    else this.#lastVisibleDropGroup = this.lastDropGroup;
  }

  /** A lane of which something rests is not known any more; `group`: the last that left a message of it to the store. */
  forget(group: number): void {
    this.lastDropGroup = Math.max(this.lastDropGroup, group);
    this.#again = true;
  }

  /** There may be something to find that the disk shows. */
  mayLook(moment: Moment): boolean {
    return (
      this.#round !== undefined ||
      this.#again ||
      this.nextMs < moment.durableThroughMs ||
      (this.#isBehind && moment.durableGroup > this.#lastRoundGroup)
    );
  }

  /** There may be something to find once the disk has come further. */
  waitsForDisk(moment: Moment): boolean {
    return !this.mayLook(moment) && (this.#isBehind || this.nextMs <= moment.nowMs);
  }

  /** A page is asked for. */
  ask(moment: Moment): void {
    if (this.#round !== undefined) return;
    this.#round = { from: this.#afterLane, throughGroup: moment.durableGroup, isBehindTheEnd: false };
    this.#lastRoundGroup = moment.durableGroup;
    this.#again = false;
    this.nextMs = Infinity;
  }

  /** A page has come: the round goes on behind it, or is over. */
  arrived({ lastLane, nextVisibleAtMs }: LanePage): void {
    this.nextMs = Math.min(this.nextMs, nextVisibleAtMs ?? Infinity);
    const round = this.#round;
    if (round === undefined) return;
    this.#afterLane = lastLane ?? 0;
    const cameAround = round.isBehindTheEnd && this.#afterLane >= round.from;
    if (lastLane === undefined && (round.isBehindTheEnd || round.from === 0))
      return this.#end(round.throughGroup);
    if (lastLane === undefined) round.isBehindTheEnd = true;
    else if (cameAround) this.#end(round.throughGroup);
  }

  /** Nothing rests any more. */
  clear(): void {
    this.nextMs = Infinity;
    this.#again = false;
    this.#round = undefined;
    this.#lastVisibleDropGroup = -1;
  }

  get #isBehind(): boolean {
    return this.#lastVisibleDropGroup > this.#sweptThroughGroup;
  }

  #end(throughGroup: number): void {
    this.#round = undefined;
    this.#sweptThroughGroup = throughGroup;
  }
}
