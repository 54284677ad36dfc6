import type { Clock } from '../../base/clock.ts';
import { killMarked } from '../marked-processes.ts';
import { MemoryWatch } from '../memory-watch.ts';
import { firstOwnListener, socketInodes, type PeerSockets } from '../peer-sockets.ts';
import { processTree, pssBytes, signalAll } from '../process-tree.ts';
import type { PeerAddress, SandboxedTree, SandboxExit, SandboxSpec } from '../sandbox.ts';
import { SharedReading } from '../shared-reading.ts';
import type { KernelSocket } from '../socket-table.ts';
import type { SpawnEnd, Spawned } from '../spawner.ts';

/** What a tree without walls is made of. */
export interface BareTreeParts {
  readonly spec: SandboxSpec;
  readonly spawned: Spawned;
  /** What finds processes that have left the tree. */
  readonly mark: string;
  readonly clock: Clock;
  readonly sockets: PeerSockets;
}

/** The processes of one environment without walls: found by their parents and by a mark in their variables. */
export class BareTree implements SandboxedTree {
  readonly exit: Promise<SandboxExit>;
  readonly #parts: BareTreeParts;
  readonly #inodes = new SharedReading(async () => socketInodes(await this.#pids()));
  readonly #watch: MemoryWatch;

  constructor(parts: BareTreeParts) {
    this.#parts = parts;
    this.#watch = new MemoryWatch({
      ...{
        clock: parts.clock,
        limitBytes: parts.spec.memoryLimitBytes,
        usedBytes: async () => pssBytes(await this.#pids()),
      },
      onExceeded: () => parts.spawned.signal('SIGKILL'),
    });
    this.exit = parts.spawned.ended.then(async (end) => {
      this.#watch[Symbol.dispose]();
      await killMarked(parts.mark);
      return this.#exitOf(end);
    });
  }

  async freeze(): Promise<void> {
    signalAll(await this.#pids(), 'SIGSTOP');
  }

  async thaw(): Promise<void> {
    signalAll(await this.#pids(), 'SIGCONT');
  }

  async terminate(): Promise<void> {
    this.#parts.spawned.signal('SIGTERM');
  }

  async kill(): Promise<void> {
    this.#parts.spawned.signal('SIGKILL');
    await this.exit;
  }

  outputRead(): Promise<void> {
    return this.#parts.spawned.outputRead();
  }

  watchMemory(isWatched: boolean): void {
    if (isWatched) this.#watch.begin();
    else this.#watch.rest();
  }

  usedMemoryBytes(): Promise<number> {
    return this.#watch.usedBytes();
  }

  async peakMemoryBytes(): Promise<number> {
    await this.#watch.usedBytes();
    return this.#watch.peakBytes;
  }

  async ranOutOfMemory(): Promise<boolean> {
    return this.#watch.exceeded;
  }

  async owns(peer: PeerAddress): Promise<boolean> {
    const socket = await this.#parts.sockets.find(peer);
    return socket !== undefined && (await this.#inodes.fromNowOn()).has(socket.inode);
  }

  async listensAt(addresses: readonly string[], port: number): Promise<string | undefined> {
    const inodes = await this.#inodes.fromNowOn();
    const isOwn = ({ inode }: KernelSocket): boolean => inodes.has(inode);
    return firstOwnListener(this.#parts.sockets, { addresses, port }, isOwn);
  }

  async #pids(): Promise<number[]> {
    const { pid } = this.#parts.spawned;
    return pid === 0 ? [] : processTree(pid);
  }

  #exitOf(end: SpawnEnd): SandboxExit {
    if (end.kind === 'not-started') return end;
    if (this.#watch.exceeded) return { kind: 'out-of-memory' };
    if (end.signal !== null) return { kind: 'killed', signal: end.signal };
    return { kind: 'exited', code: end.code ?? 0 };
  }
}
