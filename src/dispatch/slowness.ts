/** What a round of answers shows: slower than usual; or, tried with less at once, faster or not. */
export type Found = 'slow' | 'relief' | 'no-relief' | undefined;

/** A round this many times slower than usual is slow; above the smaller one it may be on its way there. */
const SLOW_RATIO = Math.log(3);
const HIGH_RATIO = Math.log(1.5);

/** What is answered faster than this on the whole is fast enough. */
const LEAST_SLOW_MS = Math.log(20);

/** How many standard errors a difference must have, to be none of chance. */
const SURE_ERRORS = 5;

/** Answers in a round: the first one is short, since the usual is best seen before the load has come. */
const FIRST_ROUND = 10;
const ROUND = 50;

/** A round lasts at least so long, however many answers that takes. */
const LEAST_ROUND_MS = 300;

/** A trial goes on until the mean is known so well (as a logarithm), or for this many answers. */
const TRIAL_ERROR = 0.05;
const LONGEST_TRIAL = 1000;

/** As logarithms: with so much less at once something can be seen; faster by this share of it, and the load was the reason. */
const LEAST_LESS = 0.1;
const RELIEF = 0.5;

/** How far the usual follows a round: quickly to what is faster, slowly to what is slower, hardly to what the load may explain. */
const FASTER_WEIGHT = 0.5;
const SLOWER_WEIGHT = 0.1;
const HIGH_WEIGHT = 0.005;

/** Batches of one size: of 1, of 2 to 3, of 4 to 7 messages and so on are compared among themselves. */
interface Kind {
  round: Round;
  usual: Sample | undefined;
}

/** The right to be measured: which round an invocation belongs to. */
export interface Ticket {
  readonly kind: Kind;
  readonly round: Round;
}

/** Begins to watch this machine; what it answers says whether it has had no time to spare since. */
export type WatchLoad = () => () => boolean;

/** An invocation that begins. */
export interface Beginning {
  readonly messageCount: number;
  /** As one of so many. */
  readonly running: number;
  readonly nowMs: number;
  readonly watchLoad: WatchLoad;
}

/** An invocation that has ended. */
export interface Ending {
  readonly nowMs: number;
  /** Undefined: it ended in a way that says nothing about time. */
  readonly durationMs: number | undefined;
  /** Whether less at once may be tried. */
  readonly mayTry: boolean;
}

/**
 * Whether a function has become slower. Durations are compared by their logarithms, round by round: means of those are little
 * moved by a few long ones, and their spread says how much is chance. A round is made of what begins one after the other, and is
 * over when all of that has ended: what ends first would only be what is short.
 */
export class Slowness {
  readonly #kinds = new Map<number, Kind>();
  /** While less at once is tried: of which kind the slow round was, and that round. */
  #trial: { readonly kind: Kind; readonly before: Round } | undefined;

  /** An invocation begins; undefined when it is not to be measured. */
  began(beginning: Beginning): Ticket | undefined {
    const kind = this.#kindOf(beginning.messageCount);
    const { round } = kind;
    return round.enter(beginning) ? { kind, round } : undefined;
  }

  /** The invocation of the ticket has ended. */
  ended({ kind, round }: Ticket, ending: Ending): Found {
    round.leave(ending.durationMs);
    if (round !== kind.round || !round.isOver || this.#goesOn(kind, ending.nowMs)) return undefined;
    kind.round = new Round(ROUND);
    if (kind.usual === undefined) kind.usual = round.durations;
    // On a machine without time to spare everything takes longer, whatever is behind the function.
    else if (round.wasBusy()) return this.#undecided();
    const trial = this.#trial;
    if (trial === undefined) return this.#compare(kind, round, ending);
    return trial.kind === kind ? this.#tried(kind, round, trial.before, ending) : undefined;
  }

  #kindOf(messageCount: number): Kind {
    const size = Math.floor(Math.log2(messageCount));
    const known = this.#kinds.get(size) ?? { round: new Round(FIRST_ROUND), usual: undefined };
    this.#kinds.set(size, known);
    return known;
  }

  /** A round lasts long enough to know how busy the machine was, and a trial until it is sure of its mean. */
  #goesOn({ round, usual }: Kind, nowMs: number): boolean {
    if (usual === undefined) return false;
    const { count, error } = round.durations;
    const isSure = this.#trial === undefined || count >= LONGEST_TRIAL || error <= TRIAL_ERROR;
    if (isSure && nowMs - round.beganMs >= LEAST_ROUND_MS) return false;
    round.extend(ROUND);
    return true;
  }

  #undecided(): Found {
    const wasTrial = this.#trial !== undefined;
    this.#trial = undefined;
    return wasTrial ? 'no-relief' : undefined;
  }

  #compare(kind: Kind, round: Round, { mayTry }: Ending): Found {
    const { durations } = round;
    const { usual } = kind;
    if (usual === undefined || usual === durations) return undefined;
    const more = durations.mean - usual.mean;
    const isSure = more > SURE_ERRORS * Math.hypot(durations.error, usual.error);
    const isHigh = isSure && more > HIGH_RATIO && durations.mean > LEAST_SLOW_MS;
    if (isHigh && more > SLOW_RATIO && mayTry) return this.#try(kind, round);
    usual.follow(durations, more < 0 ? FASTER_WEIGHT : isHigh ? HIGH_WEIGHT : SLOWER_WEIGHT);
    return undefined;
  }

  #try(kind: Kind, before: Round): Found {
    this.#trial = { kind, before };
    for (const each of this.#kinds.values()) each.round = new Round(ROUND);
    return 'slow';
  }

  #tried(kind: Kind, round: Round, before: Round, ending: Ending): Found {
    this.#trial = undefined;
    const less = before.load.mean - round.load.mean;
    // Not enough less to see anything.
    if (less < LEAST_LESS && ending.mayTry) return this.#try(kind, before);
    // Where it helped and is still slow, the next step follows from here.
    if (before.durations.mean - round.durations.mean > RELIEF * less)
      return this.#compare(kind, round, ending) ?? 'relief';
    // It has more to do than before, at any pace: that is what is usual now.
    kind.usual = round.durations;
    return 'no-relief';
  }
}

/** Invocations that began one after the other. */
class Round {
  readonly durations = new Sample();
  readonly load = new Sample();
  beganMs = 0;
  /** Whether the machine has had no time to spare since it began. */
  wasBusy: () => boolean = () => false;
  #places: number;
  #inside = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** All its places were taken, and all that took them have ended. */
  get isOver(): boolean {
    return this.#places === 0 && this.#inside === 0;
  }

  enter({ running, nowMs, watchLoad }: Beginning): boolean {
    if (this.#places === 0) return false;
    if (this.load.count === 0) {
      this.beganMs = nowMs;
      this.wasBusy = watchLoad();
    }
    this.#places -= 1;
    this.#inside += 1;
    this.load.add(Math.log(running));
    return true;
  }

  /** One that says nothing about time leaves its place to another. */
  leave(durationMs: number | undefined): void {
    this.#inside -= 1;
    if (durationMs === undefined) this.#places += 1;
    else this.durations.add(Math.log(Math.max(1, durationMs)));
  }

  extend(places: number): void {
    this.#places += places;
  }
}

/** Mean and spread of numbers, as they come. */
class Sample {
  count = 0;
  mean = 0;
  #squares = 0;

  /** The standard error of the mean. */
  get error(): number {
    if (this.count < 2) return Infinity;
    return Math.sqrt(this.#squares / (this.count - 1) / this.count);
  }

  add(value: number): void {
    this.count += 1;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  /** Moves the mean towards that of another. */
  follow(other: Sample, weight: number): void {
    this.mean += weight * (other.mean - this.mean);
  }
}
