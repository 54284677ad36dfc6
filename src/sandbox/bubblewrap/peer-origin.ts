import { readdir, readlink } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { socketInodes, type PeerSockets } from '../peer-sockets.ts';
import type { PeerAddress } from '../sandbox.ts';
import { isEnvironmentUid } from './identity.ts';

/** What {@link PeerOrigin} works with. */
export interface PeerOriginParts {
  readonly clock: Clock;
  readonly sockets: PeerSockets;
  /** Environments are users of their own. */
  readonly hasOwnUsers: boolean;
}

/** How long after the last environment a connection of one may still be waiting to be accepted. */
const LINGER_MS = 10_000;
/** What the kernel lists for a socket that nobody holds any more. */
const NO_INODE = '0';
const MOST_REMEMBERED = 16;

/**
 * Whether a connection comes from inside an environment. Whoever hides counts as inside: a socket that was closed before
 * it was looked at, or that no program outside holds.
 */
export class PeerOrigin {
  readonly #parts: PeerOriginParts;
  /** Processes outside that connected lately: looked at first. */
  #remembered: readonly number[] = [];
  #environmentCount = 0;
  #lastGoneMs = -Infinity;

  constructor(parts: PeerOriginParts) {
    this.#parts = parts;
  }

  /** An environment is there from now on. */
  began(): void {
    this.#environmentCount += 1;
  }

  /** It is gone. */
  gone(): void {
    this.#environmentCount -= 1;
    this.#lastGoneMs = this.#parts.clock.nowMs();
  }

  /** True for connections from inside, and for local ones that could be. */
  async isInside(peer: PeerAddress): Promise<boolean> {
    const { clock, sockets, hasOwnUsers } = this.#parts;
    if (this.#environmentCount === 0 && clock.nowMs() - this.#lastGoneMs > LINGER_MS) return false;
    const socket = await sockets.find(peer);
    if (socket === undefined || socket.inode === NO_INODE) return isOwnAddress(peer.remoteAddress);
    if (hasOwnUsers) return isEnvironmentUid(socket.uid);
    return socket.uid === process.getuid?.() && !(await this.#isHeldOutside(socket.inode));
  }

  /**
   * True when a process outside has this socket among its descriptors. That no process inside has it says nothing: a
   * program can hide its descriptors, or keep one on its way through another socket.
   */
  async #isHeldOutside(inode: string): Promise<boolean> {
    const outside = await readlink('/proc/self/ns/pid');
    const names = await readdir('/proc');
    const newestFirst = names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .toReversed();
    for (const pid of new Set([...this.#remembered, ...newestFirst])) {
      const namespace = await readlink(`/proc/${pid}/ns/pid`).catch(() => '');
      if (namespace !== outside || !(await socketInodes([pid])).has(inode)) continue;
      const others = this.#remembered.filter((other) => other !== pid);
      this.#remembered = [pid, ...others].slice(0, MOST_REMEMBERED);
      return true;
    }
    return false;
  }
}

/** True for addresses of this machine. */
function isOwnAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  if (plain.startsWith('127.') || plain === '::1' || plain === '') return true;
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === plain));
}
