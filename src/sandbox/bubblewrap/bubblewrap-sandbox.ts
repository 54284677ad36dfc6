import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { MemoryWatch } from '../memory-watch.ts';
import { makeOwnFolder, sweepLeftFolders } from '../own-folder.ts';
import { PeerSockets } from '../peer-sockets.ts';
import { neverStarted } from '../never-started.ts';
import { processTree } from '../process-tree.ts';
import type { OutputListener, PeerAddress, Sandbox, SandboxedTree, SandboxSpec } from '../sandbox.ts';
import { Spawner, type Spawned } from '../spawner.ts';
import { BubblewrapTree, NOT_JOINED } from './bubblewrap-tree.ts';
import { whatDoesNotHold } from './canary.ts';
import type { Cgroup, CgroupParent } from './cgroup.ts';
import { CgroupV1 } from './cgroup-v1.ts';
import { CgroupV2 } from './cgroup-v2.ts';
import { isEnvironmentUid, ownUsers, type Identity } from './identity.ts';
import { machineFiles, type MachineFiles } from './machine-files.ts';
import { bubblewrapWords } from './options.ts';
import { seccompProgram } from './seccomp.ts';

/** These walls do not hold on this machine. `what` is a sentence that says what is missing. */
export interface WallsDoNotHold {
  readonly kind: 'walls-do-not-hold';
  readonly what: string;
}

/** What {@link BubblewrapSandbox} works with. */
export interface BubblewrapOptions {
  readonly clock: Clock;
}

interface Ground extends BubblewrapOptions {
  readonly folder: string;
  readonly files: MachineFiles;
  readonly identity: Identity;
  readonly cgroups: CgroupParent | undefined;
}

/** A process joins its groups before anything else runs in it: `sh -c SCRIPT sh GROUPS… -- COMMAND…`. */
const JOIN = `while [ "$1" != -- ]; do echo $$ >"$1" || exit ${NOT_JOINED}; shift; done; shift; exec "$@"`;

/** bubblewrap's own file descriptors: the seccomp program, then its options. */
const SECCOMP_DESCRIPTOR = 3;
const OPTIONS_DESCRIPTOR = 4;
/** On which it names the first process inside, where no control group tells when the last one has gone. */
const NAMING_DESCRIPTOR = 5;

/**
 * The default walls: namespaces and a private file system by bubblewrap, an allow list of system calls by seccomp,
 * no capabilities, limits by control groups, and as root a user id of its own for each environment.
 */
export class BubblewrapSandbox implements Sandbox {
  readonly tier = 'bubblewrap';
  readonly description: string;
  readonly #ground: Ground;
  readonly #spawner: Spawner;
  readonly #sockets = new PeerSockets();
  readonly #trees = new Set<BubblewrapTree>();
  #nextOptions = 1;

  private constructor(ground: Ground) {
    this.#ground = ground;
    this.#spawner = new Spawner(ground.clock);
    const users = ground.identity.kind === 'own-user' ? 'a user id of its own' : "this user's id";
    const limits = ground.cgroups?.description ?? 'memory by measuring twice a second, processes by rlimit';
    this.description = `own namespaces and files, seccomp allow list, ${users}; ${limits}`;
  }

  /** Makes the walls ready and runs a canary behind them; whatever it can do that it must not is the failure. */
  static async open(options: BubblewrapOptions): Promise<Result<BubblewrapSandbox, WallsDoNotHold>> {
    const program = seccompProgram(process.arch);
    if (program === undefined)
      return refusal(`there is no system call filter for ${process.arch} processors`);
    await sweepLeftFolders('walls');
    const folder = await makeOwnFolder('walls');
    await writeFile(join(folder, 'seccomp'), program);
    const isRoot = process.getuid?.() === 0;
    const sandbox = new BubblewrapSandbox({
      ...{ ...options, folder },
      files: await machineFiles(folder),
      identity: isRoot ? ownUsers() : { kind: 'same-user' },
      cgroups: await openCgroups(options.clock),
    });
    const hole = await whatDoesNotHold(sandbox);
    if (hole === undefined) return ok(sandbox);
    await sandbox[Symbol.asyncDispose]();
    return refusal(hole);
  }

  async start(spec: SandboxSpec, output: OutputListener): Promise<SandboxedTree> {
    await using unfinished = new AsyncDisposableStack();
    try {
      return await this.#build(spec, output, unfinished);
    } catch (error) {
      return neverStarted((error as Error).message);
    }
  }

  /** What is made on the way goes with `unfinished`, until the tree takes care of it. */
  async #build(
    spec: SandboxSpec,
    output: OutputListener,
    unfinished: AsyncDisposableStack,
  ): Promise<SandboxedTree> {
    const { identity, cgroups } = this.#ground;
    const uid = identity.kind === 'own-user' ? identity.take() : undefined;
    const release = (): void => {
      if (identity.kind === 'own-user' && uid !== undefined) identity.giveBack(uid);
    };
    unfinished.defer(release);
    // The private /tmp is memory: what it may hold is beside what the function's processes may use.
    const memoryBytes = spec.memoryLimitBytes + spec.tmpSizeBytes;
    const cgroup = await cgroups?.make(spec.environmentId, { memoryBytes, processes: spec.processLimit });
    unfinished.defer(() => cgroup?.remove());
    const optionsFile = join(this.#ground.folder, `options-${this.#nextOptions++}`);
    const spawned = await this.#spawn(spec, { uid, cgroup, optionsFile }, output);
    const tree = new BubblewrapTree({
      ...{ spawned, cgroup, uid, sockets: this.#sockets, clock: this.#ground.clock },
      watch: cgroup === undefined ? this.#watch(spec, spawned) : undefined,
      onGone: () => {
        this.#trees.delete(tree);
        release();
      },
    });
    unfinished.move();
    this.#trees.add(tree);
    await rm(optionsFile, { force: true }).catch(() => undefined);
    return tree;
  }

  async ownsAny(peer: PeerAddress): Promise<boolean> {
    const { identity } = this.#ground;
    if (identity.kind === 'own-user') {
      if (identity.inUse() === 0) return false;
      const socket = await this.#sockets.find(peer);
      return socket !== undefined && isEnvironmentUid(socket.uid);
    }
    for (const tree of this.#trees) if (await tree.owns(peer)) return true;
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#trees].map((tree) => tree.kill()));
    await this.#spawner[Symbol.asyncDispose]();
    await this.#ground.cgroups?.remove();
    await rm(this.#ground.folder, { recursive: true, force: true });
  }

  async #spawn(
    spec: SandboxSpec,
    own: {
      readonly uid: number | undefined;
      readonly cgroup: Cgroup | undefined;
      readonly optionsFile: string;
    },
    output: OutputListener,
  ): Promise<Spawned> {
    const processLimit = own.cgroup === undefined ? spec.processLimit : undefined;
    const ways = { spec, uid: own.uid, processLimit, seccompDescriptor: SECCOMP_DESCRIPTOR };
    const { options, command } = bubblewrapWords({ ...ways, ...this.#ground.files });
    // By a file, not by arguments: those are for every user of the machine to read, and hold the function's secrets.
    await writeFile(own.optionsFile, options.map((word) => `${word}\0`).join(''), { mode: 0o600 });
    const naming = own.cgroup === undefined ? ['--info-fd', String(NAMING_DESCRIPTOR)] : [];
    const walls = [
      '/usr/bin/env',
      'bwrap',
      ...naming,
      '--args',
      String(OPTIONS_DESCRIPTOR),
      '--',
      ...command,
    ];
    const joins = own.cgroup?.joinFiles ?? [];
    return this.#spawner.start(
      {
        command:
          joins.length === 0 ? walls : ['/bin/sh', '-c', JOIN, 'sh', ...joins, '--', ...walls.slice(1)],
        variables: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
        workingDirectory: '/',
        files: [join(this.#ground.folder, 'seccomp'), own.optionsFile],
        namesChild: own.cgroup === undefined,
        ownSession: true,
      },
      output,
    );
  }

  #watch(spec: SandboxSpec, spawned: Spawned): MemoryWatch {
    return new MemoryWatch({
      ...{ clock: this.#ground.clock, limitBytes: spec.memoryLimitBytes },
      pids: () => processTree(spawned.pid),
      onExceeded: () => spawned.signal('SIGKILL'),
    });
  }
}

/** Control groups as far as this user may make them. */
async function openCgroups(clock: Clock): Promise<CgroupParent | undefined> {
  return (await CgroupV2.open(process.pid, clock)) ?? (await CgroupV1.open(process.pid, clock));
}

function refusal(what: string): Result<never, WallsDoNotHold> {
  return failed({ kind: 'walls-do-not-hold', what });
}
