import type { Entry } from './entry.ts';
import { Line } from './line.ts';
import type { Stretch } from './stretch.ts';

/**
 * The messages of one message group of a FIFO queue, as far as the law knows them by heart:
 *
 *   out            received, hidden until their leases end; while there is one, none that stands behind it comes
 *   line           those that wait, in order
 *   stretch        those behind them that a page has brought and that are not made yet
 *
 * All from `restsFrom` on are in the store alone.
 */
export class Lane {
  readonly key: number;
  readonly line = new Line<Entry>();
  stretch: Stretch | undefined;
  /** The place of the first message that is out: those before it come, those behind it do not. Infinity when none is. */
  firstOut = Infinity;
  /** The places of the others that are out, in order; unset before there was one. */
  #furtherOut: number[] | undefined;
  /** Messages in memory: in the line and out, without those of the stretch. */
  entryCount = 0;
  /** From this place on its messages may rest in the store alone; Infinity when none does. */
  restsFrom = Infinity;
  /** What was last read of it in the store showed this group, and brought nothing new. */
  sawGroup = -1;
  /** A receive may have its first message. */
  isReady = false;
  /** It stands in the line of ready lanes, also when it is not ready any more. */
  isInLine = false;

  constructor(key: number) {
    this.key = key;
  }

  /** Lanes stand in their table by their numbers. */
  get order(): number {
    return this.key;
  }

  /** Nothing of it is out. */
  get isOpen(): boolean {
    return this.firstOut === Infinity;
  }

  /** A message is out: nearly always behind all others that are. */
  takeOut(order: number): void {
    if (this.firstOut === Infinity) this.firstOut = order;
    else this.#takeFurtherOut(order);
  }

  /** A message is not out any more. */
  bringBack(order: number): void {
    if (order === this.firstOut) {
      this.firstOut = this.#furtherOut?.shift() ?? Infinity;
      return;
    }
    const at = this.#furtherOut?.indexOf(order) ?? -1;
    if (at >= 0) this.#furtherOut?.splice(at, 1);
  }

  /** How many stand in the line and behind it. */
  get waitingCount(): number {
    return this.line.length + (this.stretch?.length ?? 0);
  }

  /** Nothing of it is in memory. */
  get isEmpty(): boolean {
    return this.entryCount === 0 && this.stretch === undefined;
  }

  /** A receive may have the first message, in memory or not. */
  get canCome(): boolean {
    const { head, stretch } = this;
    if (head !== undefined) return head.standing === 'waiting' && head.order < this.firstOut;
    return stretch !== undefined && stretch.first < this.firstOut;
  }

  /** The first message in the line. */
  get head(): Entry | undefined {
    for (let head = this.line.first; head !== undefined; head = this.line.first) {
      if (head.standing !== 'gone') return head;
      this.line.shift();
    }
    return undefined;
  }

  /** Takes an entry into the line, at its place: nearly always the end or the beginning. */
  enter(entry: Entry): void {
    const last = this.line.last;
    if (last === undefined || last.order < entry.order) return this.line.push(entry);
    const earlier: Entry[] = [];
    for (let head = this.head; head !== undefined && head.order < entry.order; head = this.head) {
      this.line.shift();
      earlier.push(head);
    }
    this.line.unshift(entry);
    for (const head of earlier.reverse()) this.line.unshift(head);
  }

  #takeFurtherOut(order: number): void {
    const further = Math.max(order, this.firstOut);
    this.firstOut = Math.min(order, this.firstOut);
    const out = (this.#furtherOut ??= []);
    let at = out.length;
    while (at > 0 && (out[at - 1] ?? 0) > further) at -= 1;
    if (at === out.length) out.push(further);
    else out.splice(at, 0, further);
  }
}
