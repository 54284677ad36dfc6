import { sleep, type Clock } from '../../base/clock.ts';
import { isRunning, processTree, pssBytes, signalAll } from '../process-tree.ts';
import type { MemoryWatch } from '../memory-watch.ts';
import { firstOwnListener, socketInodes, type PeerSockets } from '../peer-sockets.ts';
import type { PeerAddress, SandboxedTree, SandboxExit } from '../sandbox.ts';
import { SharedReading } from '../shared-reading.ts';
import type { KernelSocket } from '../socket-table.ts';
import { exitOfCode } from '../shell-exit.ts';
import type { SpawnEnd, Spawned } from '../spawner.ts';
import type { Cgroup } from './cgroup.ts';
import { NOT_JOINED } from './waiting-shells.ts';

/** What a walled tree is made of. */
export interface BubblewrapTreeParts {
  readonly spawned: Spawned;
  /** Undefined where this user may make no groups. */
  readonly cgroup: Cgroup | undefined;
  readonly watch: MemoryWatch;
  /** Its own user id; undefined when it shares the platform's. */
  readonly uid: number | undefined;
  readonly sockets: PeerSockets;
  readonly clock: Clock;
  /** Runs once when nothing of the tree is left. */
  readonly onGone: () => void;
}

const GONE_ROUNDS = 500;
const GONE_PAUSE_MS = 2;

/** The processes of one environment behind bubblewrap's walls: they live and die with its process namespace. */
export class BubblewrapTree implements SandboxedTree {
  readonly exit: Promise<SandboxExit>;
  readonly #parts: BubblewrapTreeParts;
  readonly #inodes = new SharedReading(async () => socketInodes(await this.#pids()));
  #frozen = false;
  #isEnding = false;

  constructor(parts: BubblewrapTreeParts) {
    this.#parts = parts;
    this.exit = this.#whenGone();
  }

  async freeze(): Promise<void> {
    this.#frozen = true;
    const { cgroup, watch } = this.#parts;
    watch.isPaused = true;
    if (cgroup !== undefined) await cgroup.freeze();
    else signalAll(await this.#pids(), 'SIGSTOP');
    // A kill may have come in between: its own thaw may have been before this freeze.
    if (this.#isEnding) await this.thaw().catch(() => undefined);
  }

  async thaw(): Promise<void> {
    this.#frozen = false;
    const { cgroup, watch } = this.#parts;
    watch.isPaused = false;
    if (cgroup !== undefined) await cgroup.thaw();
    else signalAll(await this.#pids(), 'SIGCONT');
  }

  async kill(): Promise<void> {
    this.#isEnding = true;
    this.#parts.spawned.signal('SIGKILL');
    // Frozen processes die only when they run again.
    if (this.#frozen) await this.thaw().catch(() => undefined);
    await this.exit;
  }

  outputRead(): Promise<void> {
    return this.#parts.spawned.outputRead();
  }

  watchMemory(isWatched: boolean): void {
    const { watch } = this.#parts;
    if (isWatched) watch.begin();
    else watch.rest();
  }

  async usedMemoryBytes(): Promise<number> {
    return pssBytes(await this.#pids());
  }

  async peakMemoryBytes(): Promise<number> {
    const { cgroup, watch } = this.#parts;
    if (cgroup !== undefined) return cgroup.peakBytes();
    await watch.usedBytes();
    return watch.peakBytes;
  }

  async ranOutOfMemory(): Promise<boolean> {
    const { cgroup, watch } = this.#parts;
    return watch.exceeded || (await cgroup?.ranOutOfMemory()) === true;
  }

  async owns(peer: PeerAddress): Promise<boolean> {
    const { sockets, uid } = this.#parts;
    const socket = await sockets.find(peer);
    if (socket === undefined) return false;
    return uid === undefined ? (await this.#inodes.fromNowOn()).has(socket.inode) : socket.uid === uid;
  }

  async listensAt(addresses: readonly string[], port: number): Promise<string | undefined> {
    const { sockets, uid } = this.#parts;
    const inodes = uid === undefined ? await this.#inodes.fromNowOn() : undefined;
    const isOwn = (socket: KernelSocket): boolean =>
      inodes === undefined ? socket.uid === uid : inodes.has(socket.inode);
    return firstOwnListener(sockets, { addresses, port }, isOwn);
  }

  async #pids(): Promise<number[]> {
    const { cgroup, spawned } = this.#parts;
    if (cgroup !== undefined) return cgroup.pids();
    return spawned.pid === 0 ? [] : processTree(spawned.pid);
  }

  /** bubblewrap passes no signals on: the program, first child of the first process inside, is told itself. */
  async terminate(): Promise<void> {
    const [, , program] = await processTree(this.#parts.spawned.pid);
    if (program !== undefined) signalAll([program], 'SIGTERM');
  }

  /** The first process inside goes last: the kernel ends all others of its namespace before. */
  async #untilNamespaceIsGone(firstPid: number): Promise<void> {
    for (let round = 0; round < GONE_ROUNDS && firstPid !== 0 && (await isRunning(firstPid)); round += 1) {
      await sleep(this.#parts.clock, GONE_PAUSE_MS);
    }
  }

  /** bubblewrap may have been killed before the process that it had just made was tied to its life. */
  async #endOrphans(): Promise<void> {
    const { cgroup, clock } = this.#parts;
    for (let round = 0; cgroup !== undefined && round < GONE_ROUNDS; round += 1) {
      const left = await cgroup.pids();
      if (left.length === 0) return;
      signalAll(left, 'SIGKILL');
      await sleep(clock, GONE_PAUSE_MS);
    }
  }

  async #whenGone(): Promise<SandboxExit> {
    const { spawned, cgroup, watch, onGone } = this.#parts;
    const end = await spawned.ended;
    if (end.kind === 'ended' && end.signal !== null) await this.#endOrphans();
    await spawned.closed;
    watch[Symbol.dispose]();
    const outOfMemory = await this.ranOutOfMemory();
    if (cgroup === undefined) await this.#untilNamespaceIsGone(await spawned.child);
    else await cgroup.remove();
    onGone();
    return exitOf(end, outOfMemory);
  }
}

function killed(signal: string): SandboxExit {
  return { kind: 'killed', signal };
}

function exitOf(end: SpawnEnd, outOfMemory: boolean): SandboxExit {
  if (end.kind === 'not-started') return end;
  if (end.code === NOT_JOINED)
    return { kind: 'not-started', why: 'the process could not join its control group' };
  const told = end.signal === null ? exitOfCode(end.code ?? 0) : killed(end.signal);
  const failed = told.kind === 'killed' || end.code !== 0;
  return outOfMemory && failed ? { kind: 'out-of-memory' } : told;
}
