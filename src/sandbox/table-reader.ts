import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { SocketTable, type Family } from './socket-table.ts';

const FILES: Readonly<Record<Family, string>> = { ipv4: '/proc/net/tcp', ipv6: '/proc/net/tcp6' };

/** How long ago the last reading was when the next may be at once: it takes the kernel a millisecond or two. */
const CALM_MS = 500;
/** Some 400 sockets; more are read by another thread. */
const MOST_AT_ONCE_BYTES = 65_536;

/**
 * Reads the kernel's list of TCP sockets, 4 KiB at a time as the kernel gives it. The first reading for a while is done at
 * once: by another thread each part of it would wait its turn behind everything that comes at the same time, and it
 * is what a request waits for before anything is done for it.
 */
export class TableReader {
  readonly #family: Family;
  readonly #clock: Clock;
  #lastMs = -Infinity;
  #isLong = false;

  constructor(family: Family, clock: Clock) {
    this.#family = family;
    this.#clock = clock;
  }

  /** As it is now or a little later. */
  async read(): Promise<SocketTable> {
    const isCalm = this.#clock.nowMs() - this.#lastMs >= CALM_MS;
    const path = FILES[this.#family];
    const short = isCalm && !this.#isLong ? readShort(path) : undefined;
    const text = short ?? (await readFile(path, 'latin1').catch(() => ''));
    this.#isLong = text.length > MOST_AT_ONCE_BYTES;
    this.#lastMs = this.#clock.nowMs();
    return new SocketTable(this.#family, text);
  }
}

/** All of a short file; undefined when it is long, or is not there. */
function readShort(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      return readWhole(file, Buffer.allocUnsafe(MOST_AT_ONCE_BYTES));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function readWhole(file: number, into: Buffer): string | undefined {
  for (let length = 0; length < into.length;) {
    const more = readSync(file, into, length, into.length - length, null);
    if (more === 0) return into.toString('latin1', 0, length);
    length += more;
  }
  return undefined;
}
