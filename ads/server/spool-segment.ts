import { closeSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** A message that waits on disk for the channel. */
export interface SpooledMessage {
  /** The run and the number that the message already bears. */
  readonly serverId: string;
  readonly seq: number;
  readonly body: string;
}

/** A line is far shorter: a click has at most some kilobytes. */
const READ_BYTES = 64 * 1024;
const NEWLINE = 10;

/** One file of a spool: a line for each message, in the order in which they came. */
export class SpoolSegment {
  readonly path: string;
  /** Up to here it is on disk. */
  durableBytes: number;
  /** Up to here it has been delivered. */
  #deliveredBytes: number;

  constructor(path: string, durableBytes: number, deliveredBytes: number) {
    this.path = path;
    this.durableBytes = durableBytes;
    this.#deliveredBytes = Math.min(deliveredBytes, durableBytes);
  }

  /** A file that an earlier run left: what it says up to its last whole line. */
  static reopened(path: string): SpoolSegment {
    const bytes = readFileSync(path);
    return new SpoolSegment(path, bytes.lastIndexOf(NEWLINE) + 1, delivered(path));
  }

  /** True when everything durable in it has been delivered. */
  get isDelivered(): boolean {
    return this.#deliveredBytes >= this.durableBytes;
  }

  /** The next messages to deliver, at most `most`. */
  peek(most: number): readonly SpooledMessage[] {
    const length = Math.min(READ_BYTES, this.durableBytes - this.#deliveredBytes);
    const bytes = Buffer.alloc(length);
    const file = openSync(this.path, 'r');
    readSync(file, bytes, 0, length, this.#deliveredBytes);
    closeSync(file);
    const whole = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1).toString();
    return whole.split('\n').slice(0, -1).slice(0, most).map(messageOf);
  }

  /**
   * These messages, the next ones, are delivered. It is written down without a sync: after a loss of power some are
   * delivered again, which does no harm.
   */
  deliver(messages: readonly SpooledMessage[]): void {
    this.#deliveredBytes += Buffer.byteLength(messages.map(spoolLine).join(''));
    try {
      writeFileSync(`${this.path}.delivered`, String(this.#deliveredBytes));
    } catch {
      // On a full disk they are delivered again after a restart.
    }
  }

  /** The file is gone. */
  remove(): void {
    rmSync(this.path, { force: true });
    rmSync(`${this.path}.delivered`, { force: true });
  }
}

/** A message as a line of its own: JSON bodies hold no line breaks. */
export function spoolLine({ serverId, seq, body }: SpooledMessage): string {
  return `${serverId} ${seq} ${body}\n`;
}

function messageOf(line: string): SpooledMessage {
  const [serverId = '', seq = ''] = line.split(' ', 2);
  return { serverId, seq: Number(seq), body: line.slice(serverId.length + seq.length + 2) };
}

function delivered(path: string): number {
  const note = `${path}.delivered`;
  if (statSync(note, { throwIfNoEntry: false }) === undefined) return 0;
  const bytes = Number(readFileSync(note, 'utf8'));
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : 0;
}
