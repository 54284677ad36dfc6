/** Lanes that are counted; enough for every one whose share is above a tenth. */
const COUNTED = 32;

/** How long a part of the past counts: the present part and the one before it are "recent". */
const PART_MS = 30_000;

/** Messages before which shares say nothing. */
const LEAST_COUNT = 30;

/** Which lanes took the largest part of the recent processing time, in bounded memory (the counters of Misra and Gries). */
export class Shares {
  #present = new Part();
  #before = new Part();
  #startedAtMs = 0;

  /** A message of this lane was worked on for so long. */
  add(lane: number, durationMs: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#present.add(lane, durationMs);
  }

  /** The lanes whose part of all the time is larger than this. */
  above(share: number, nowMs: number): number[] {
    this.#turn(nowMs);
    const totalMs = this.#present.totalMs + this.#before.totalMs;
    if (this.#present.count + this.#before.count < LEAST_COUNT) return [];
    const lanes = new Set([...this.#present.lanes.keys(), ...this.#before.lanes.keys()]);
    return [...lanes].filter((lane) => this.#of(lane) > share * totalMs);
  }

  #of(lane: number): number {
    return (this.#present.lanes.get(lane) ?? 0) + (this.#before.lanes.get(lane) ?? 0);
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#startedAtMs < PART_MS) return;
    this.#before = nowMs - this.#startedAtMs < 2 * PART_MS ? this.#present : new Part();
    this.#present = new Part();
    this.#startedAtMs = nowMs;
  }
}

class Part {
  totalMs = 0;
  count = 0;
  readonly lanes = new Map<number, number>();

  add(lane: number, durationMs: number): void {
    this.totalMs += durationMs;
    this.count += 1;
    // What has no group is a tenant of its own each time: never much.
    if (lane === 0) return;
    this.lanes.set(lane, (this.lanes.get(lane) ?? 0) + durationMs);
    if (this.lanes.size <= COUNTED) return;
    const leastMs = Math.min(...this.lanes.values());
    for (const [each, sumMs] of this.lanes) {
      if (sumMs > leastMs) this.lanes.set(each, sumMs - leastMs);
      else this.lanes.delete(each);
    }
  }
}
