import { readdir, readFile } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { MemoryWatch } from '../memory-watch.ts';
import { socketInodes, type PeerSockets } from '../peer-sockets.ts';
import { processTree, signalAll } from '../process-tree.ts';
import type { PeerAddress, SandboxedTree, SandboxExit, SandboxSpec } from '../sandbox.ts';
import type { SpawnEnd, Spawned } from '../spawner.ts';
import { ENVIRONMENT_MARK } from './mark.ts';

/** What a tree without walls is made of. */
export interface BareTreeParts {
  readonly spec: SandboxSpec;
  readonly spawned: Spawned;
  readonly clock: Clock;
  readonly sockets: PeerSockets;
}

/** Rounds of killing: what starts new processes while it is being killed is met again in the next. */
const KILL_ROUNDS = 10;

/** The processes of one environment without walls: found by their parents and by a mark in their variables. */
export class BareTree implements SandboxedTree {
  readonly exit: Promise<SandboxExit>;
  readonly #parts: BareTreeParts;
  readonly #watch: MemoryWatch;

  constructor(parts: BareTreeParts) {
    this.#parts = parts;
    this.#watch = new MemoryWatch({
      ...{ clock: parts.clock, limitBytes: parts.spec.memoryLimitBytes, pids: () => this.#pids() },
      onExceeded: () => parts.spawned.signal('SIGKILL'),
    });
    this.exit = parts.spawned.ended.then(async (end) => {
      this.#watch[Symbol.dispose]();
      await this.#killAll();
      return this.#exitOf(end);
    });
  }

  async freeze(): Promise<void> {
    signalAll(await this.#pids(), 'SIGSTOP');
  }

  async thaw(): Promise<void> {
    signalAll(await this.#pids(), 'SIGCONT');
  }

  terminate(): void {
    this.#parts.spawned.signal('SIGTERM');
  }

  async kill(): Promise<void> {
    this.#parts.spawned.signal('SIGKILL');
    await this.exit;
  }

  usedMemoryBytes(): Promise<number> {
    return this.#watch.usedBytes();
  }

  async peakMemoryBytes(): Promise<number> {
    await this.#watch.usedBytes();
    return this.#watch.peakBytes;
  }

  async owns(peer: PeerAddress): Promise<boolean> {
    const socket = await this.#parts.sockets.find(peer);
    return socket !== undefined && (await socketInodes(await this.#pids())).has(socket.inode);
  }

  async #killAll(): Promise<void> {
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      const left = await this.#marked();
      if (left.length === 0) return;
      signalAll(left, 'SIGKILL');
    }
  }

  async #pids(): Promise<number[]> {
    const { pid } = this.#parts.spawned;
    return pid === 0 ? [] : processTree(pid);
  }

  /** Processes that carry the environment's mark, wherever they are in the machine's tree. */
  async #marked(): Promise<number[]> {
    const mark = `${ENVIRONMENT_MARK}=${this.#parts.spec.environmentId}`;
    const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const variables = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
        return variables.includes(mark) ? Number(name) : 0;
      }),
    );
    return found.filter((pid) => pid !== 0);
  }

  #exitOf(end: SpawnEnd): SandboxExit {
    if (end.kind === 'not-started') return end;
    if (this.#watch.exceeded) return { kind: 'out-of-memory' };
    if (end.signal !== null) return { kind: 'killed', signal: end.signal };
    return { kind: 'exited', code: end.code ?? 0 };
  }
}
