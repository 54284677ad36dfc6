import type { Entry } from './entry.ts';
import { Line } from './line.ts';

/**
 * The messages of one message group of a FIFO queue, as far as the law knows them by heart:
 *
 *   out            received, hidden until their leases end; while there is one, the lane is closed
 *   line           those that wait, in order, and all later than `restsFrom` are in the store alone
 */
export class Lane {
  readonly key: number;
  readonly line = new Line<Entry>();
  outCount = 0;
  /** Messages in memory: in the line and out. */
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

  get isOpen(): boolean {
    return this.outCount === 0;
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
}
