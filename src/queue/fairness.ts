import type { Entry } from './entry.ts';
import { Line } from './line.ts';
import { LineSweep } from './line-sweep.ts';
import { Shares } from './shares.ts';

/** A message group is noisy from this part of all messages in flight, or of the recent processing time, on … */
const NOISY_SHARE = 0.1;

/** … and from so many messages in flight on. (SQS developer guide, "How Amazon SQS fair queues work".) */
const NOISY_COUNT = 30;

/** How often at most the sweep begins anew because a group is noisy no more. */
const AGAIN_MS = 1000;

/** With more candidates than this they are looked at once a millisecond. */
const FEW = 16;

/**
 * Fairness between the message groups of a standard queue: what waits of a noisy group stands aside, and is given when
 * nothing of others waits. A queue that has never had a group has none of this.
 */
export class Fairness {
  /** The search for resting messages of groups that are not noisy. */
  readonly sweep = new LineSweep();
  /** Lanes that the sweep has passed over because they were noisy, or would have. */
  readonly #passed = new Set<number>();
  #beganAtMs = 0;
  readonly #shares = new Shares();
  readonly #out = new Map<number, number>();
  /** Lanes with so many messages in flight that they may be noisy. */
  readonly #candidates = new Set<number>();
  readonly #aside = new Map<number, Line<Entry>>();
  #noisy = new Set<number>();
  #isStale = false;
  #lookedAtMs = -1;

  /** A message of this lane was leased. */
  took(lane: number): void {
    if (lane === 0) return;
    const count = (this.#out.get(lane) ?? 0) + 1;
    this.#out.set(lane, count);
    if (count >= NOISY_COUNT) this.#candidates.add(lane);
    this.#isStale = true;
  }

  /** A lease of this lane is over. */
  returned(lane: number): void {
    if (lane === 0) return;
    const count = (this.#out.get(lane) ?? 0) - 1;
    if (count > 0) this.#out.set(lane, count);
    else this.#out.delete(lane);
    if (count < NOISY_COUNT) this.#candidates.delete(lane);
    this.#isStale = true;
  }

  /** A message was settled after so long. */
  worked(lane: number, durationMs: number, nowMs: number): void {
    this.#shares.add(lane, durationMs, nowMs);
    this.#isStale = true;
  }

  /** The lanes that are noisy now. */
  noisy(leasedCount: number, nowMs: number): ReadonlySet<number> {
    const mayBeOld = this.#isStale || nowMs !== this.#lookedAtMs;
    const isTime = nowMs !== this.#lookedAtMs || this.#candidates.size <= FEW;
    if (!mayBeOld || !isTime) return this.#noisy;
    const holding = [...this.#candidates].filter(
      (lane) => (this.#out.get(lane) ?? 0) > NOISY_SHARE * leasedCount,
    );
    this.#noisy = new Set([...holding, ...this.#shares.above(NOISY_SHARE, nowMs)]);
    this.#isStale = false;
    this.#lookedAtMs = nowMs;
    return this.#noisy;
  }

  /** A message rests in the store alone. The sweep is to find it, unless its group is noisy. */
  rests({ lane, order }: Pick<Entry, 'lane' | 'order'>, group: number, noisy: ReadonlySet<number>): void {
    if (noisy.has(lane)) this.#passed.add(lane);
    if (lane === 0 || noisy.has(lane)) return;
    this.sweep.drop(order, group);
    if (order <= this.sweep.cursor) this.sweep.goBack(order, order);
  }

  /** The sweep goes on and passes these over; it begins anew when one that it passed over is noisy no more. */
  passOver(noisy: ReadonlySet<number>, lastOrder: number, nowMs: number): void {
    const isOver = [...this.#passed].some((lane) => !noisy.has(lane));
    if (isOver && nowMs >= this.#beganAtMs + AGAIN_MS) {
      this.#beganAtMs = nowMs;
      this.#passed.clear();
      this.sweep.goBack(1, lastOrder);
    }
    for (const lane of noisy) this.#passed.add(lane);
  }

  /** The next entry to give: of a group that is noisy no more, of any that is not, and of a noisy one last. */
  next(ready: { shift(): Entry | undefined }, noisy: ReadonlySet<number>): Entry | undefined {
    for (const lane of this.#aside.keys()) if (!noisy.has(lane)) return this.#takeAside(lane);
    for (let entry = ready.shift(); entry !== undefined; entry = ready.shift()) {
      if (!noisy.has(entry.lane)) return entry;
      this.#putAside(entry);
    }
    const [lane] = this.#aside.keys();
    return lane === undefined ? undefined : this.#takeAside(lane);
  }

  /** Everything is gone. */
  clear(): void {
    this.#out.clear();
    this.#candidates.clear();
    this.#aside.clear();
    this.#passed.clear();
    this.sweep.clear();
    this.#isStale = true;
  }

  #putAside(entry: Entry): void {
    if (entry.standing !== 'waiting') return;
    let line = this.#aside.get(entry.lane);
    if (line === undefined) {
      line = new Line();
      this.#aside.set(entry.lane, line);
    }
    line.push(entry);
  }

  /** Noisy groups take turns with each other. */
  #takeAside(lane: number): Entry | undefined {
    const line = this.#aside.get(lane);
    this.#aside.delete(lane);
    const entry = line?.shift();
    if (line !== undefined && line.length > 0) this.#aside.set(lane, line);
    return entry;
  }
}
