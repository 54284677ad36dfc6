import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { RoomyFolder } from '../../base/roomy-folder.ts';
import { MemoryWatch } from '../memory-watch.ts';
import { makeOwnRoomyFolder, sweepLeftFolders } from '../own-folder.ts';
import { PeerSockets } from '../peer-sockets.ts';
import { neverStarted } from '../never-started.ts';
import type { OutputListener, PeerAddress, Sandbox, SandboxedTree, SandboxSpec } from '../sandbox.ts';
import { Spawner, type Spawned } from '../spawner.ts';
import { BubblewrapTree } from './bubblewrap-tree.ts';
import { runCanary } from './canary.ts';
import type { Cgroup, CgroupParent } from './cgroup.ts';
import { CgroupV1 } from './cgroup-v1.ts';
import { CgroupV2 } from './cgroup-v2.ts';
import type { CpuSharing } from './cpu-share.ts';
import { OwnUsers, type Identity } from './identity.ts';
import { machineFiles, type MachineFiles } from './machine-files.ts';
import { bubblewrapWords, type MadeFile } from './options.ts';
import { PeerOrigin } from './peer-origin.ts';
import { NOT_SCOPED, scopeProgram } from './scope-program.ts';
import { seccompProgram } from './seccomp.ts';
import { ownMemoryBytes } from './tree-memory.ts';
import { UserFiles } from './user-files.ts';
import { HANDED_DESCRIPTOR, WaitingShells, type OpenedFile, type WaitingShell } from './waiting-shells.ts';

/** These walls do not hold on this machine. `what` is a sentence that says what is missing. */
export interface WallsDoNotHold {
  readonly kind: 'walls-do-not-hold';
  readonly what: string;
}

/** What {@link BubblewrapSandbox} works with. */
export interface BubblewrapOptions {
  readonly clock: Clock;
  readonly cpuSharing?: CpuSharing;
  /** One that may have been woken; it ends with the walls. */
  readonly spawner?: Spawner;
}

interface Ground extends BubblewrapOptions {
  readonly folder: RoomyFolder;
  readonly files: MachineFiles;
  readonly identity: Identity;
  readonly cgroups: CgroupParent | undefined;
}

/** What this machine may lack and the walls can do without; told to the operator. */
interface Means {
  /** A /proc of the environment's own. */
  readonly hasProc: boolean;
  /** A wall before the host's abstract Unix sockets. */
  readonly isScoped: boolean;
}

/** bubblewrap's own file descriptors: its options, where it names its child, the seccomp program, then what becomes files inside. */
const DESCRIPTOR = {
  options: HANDED_DESCRIPTOR,
  naming: HANDED_DESCRIPTOR + 1,
  seccomp: 5,
  passwd: 6,
  group: 7,
  scope: 8,
} as const;
const SCOPE_TARGET = '/etc/scope';

/**
 * The default walls: namespaces and a private file system by bubblewrap, an allow list of system calls by seccomp,
 * no capabilities, limits by control groups, and as root a user id of its own for each environment.
 */
export class BubblewrapSandbox implements Sandbox {
  readonly tier = 'bubblewrap';
  readonly #ground: Ground;
  readonly #spawner: Spawner;
  readonly #sockets: PeerSockets;
  readonly #origin: PeerOrigin;
  readonly #shells: WaitingShells;
  readonly #userFiles: UserFiles;
  readonly #trees = new Set<BubblewrapTree>();
  #means: Means = { hasProc: true, isScoped: true };

  private constructor(ground: Ground) {
    this.#ground = ground;
    const { clock, cgroups, folder, spawner } = ground;
    this.#sockets = new PeerSockets(clock);
    this.#spawner = spawner ?? new Spawner(clock);
    this.#shells = new WaitingShells({
      spawner: this.#spawner,
      clock,
      cgroups,
      name: basename(folder.first),
    });
    this.#userFiles = new UserFiles(folder);
    const hasOwnUsers = ground.identity.kind === 'own-user';
    this.#origin = new PeerOrigin({ clock, sockets: this.#sockets, hasOwnUsers });
  }

  get description(): string {
    const { identity, cgroups } = this.#ground;
    const users = identity.kind === 'own-user' ? 'a user id of its own' : "this user's id";
    const limits = cgroups?.description ?? 'memory by measuring twice a second, processes by rlimit';
    const { hasProc, isScoped } = this.#means;
    const lacks = [
      ...(hasProc ? [] : ['no /proc inside, without which Java does not start']),
      ...(isScoped ? [] : ['abstract Unix sockets of the host can be reached (Linux before 6.12)']),
    ];
    return [`own namespaces and files, seccomp allow list, ${users}`, limits, ...lacks].join('; ');
  }

  /** Makes the walls ready and runs a canary behind them; whatever it can do that it must not is the failure. */
  static async open(options: BubblewrapOptions): Promise<Result<BubblewrapSandbox, WallsDoNotHold>> {
    const { arch } = process;
    const cgroups = await openCgroups(options);
    const [filter, scope] = [seccompProgram(arch, cgroups !== undefined), scopeProgram(arch)];
    if (filter === undefined || scope === undefined)
      return refusal(`there is no system call filter for ${arch} processors`);
    await sweepLeftFolders('walls', options.clock.nowMs());
    const folder = makeOwnRoomyFolder('walls');
    await writeFile(join(folder.first, 'seccomp'), filter);
    await writeFile(join(folder.first, 'scope'), scope);
    const isRoot = process.getuid?.() === 0;
    const identity: Identity = isRoot ? { kind: 'own-user', users: new OwnUsers() } : { kind: 'same-user' };
    const files = await machineFiles(folder.first);
    const sandbox = new BubblewrapSandbox({ ...options, folder, files, identity, cgroups });
    const hole = await sandbox.#findMeans();
    if (hole === undefined) return ok(sandbox);
    await sandbox[Symbol.asyncDispose]();
    return refusal(hole);
  }

  /** Runs the canary with all means, then without those that this machine lacks. */
  async #findMeans(): Promise<string | undefined> {
    for (;;) {
      const { hasProc, isScoped } = this.#means;
      const finding = await runCanary(this, hasProc);
      if (finding.kind === 'ended' && finding.code === NOT_SCOPED && isScoped) {
        this.#means = { hasProc, isScoped: false };
      } else if (finding.kind === 'no-proc' && hasProc) {
        this.#means = { hasProc: false, isScoped };
      } else return finding.kind === 'holds' ? undefined : finding.what;
    }
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
    const { identity } = this.#ground;
    const uid = identity.kind === 'own-user' ? identity.users.take() : undefined;
    const release = (): void => this.#release(uid);
    unfinished.defer(release);
    // The private /tmp is memory, and the kernel cannot count it apart: it bounds both together at once, the watch the rest.
    const memoryBytes = spec.memoryLimitBytes + spec.tmpSizeBytes;
    const { processLimit: processes, cpuCores } = spec;
    const shell = await this.#shells.take(output);
    unfinished.defer(() => shell.discard());
    const { spawned, cgroup } = shell;
    cgroup?.limit({ memoryBytes, processes, cpuCores });
    this.#origin.began();
    unfinished.defer(() => this.#origin.gone());
    await this.#raiseWalls(spec, uid, shell);
    this.#shells.refill();
    const tree = new BubblewrapTree({
      ...{ spawned, cgroup, uid, sockets: this.#sockets, clock: this.#ground.clock },
      watch: this.#watch(spec, spawned, cgroup),
      onGone: () => {
        this.#trees.delete(tree);
        this.#origin.gone();
        release();
      },
    });
    unfinished.move();
    this.#trees.add(tree);
    return tree;
  }

  ownsAny(peer: PeerAddress): Promise<boolean> {
    return this.#origin.isInside(peer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#trees].map((tree) => tree.kill()));
    await this.#shells[Symbol.asyncDispose]();
    await this.#spawner[Symbol.asyncDispose]();
    const { cgroups, identity } = this.#ground;
    await cgroups?.remove();
    if (identity.kind === 'own-user') identity.users[Symbol.dispose]();
    for (const folder of this.#ground.folder.all) await rm(folder, { recursive: true, force: true });
  }

  /** Has the shell become bubblewrap, and that the command behind its walls. */
  async #raiseWalls(spec: SandboxSpec, uid: number | undefined, shell: WaitingShell): Promise<void> {
    const { cgroup } = shell;
    const { folder, files } = this.#ground;
    const { hasProc, isScoped } = this.#means;
    const { options, command } = bubblewrapWords({
      ...files,
      ...{ spec, uid, hasProc, madeFiles: madeFiles(isScoped), seccompDescriptor: DESCRIPTOR.seccomp },
      processLimit: cgroup === undefined ? spec.processLimit : undefined,
      scopeProgram: isScoped ? SCOPE_TARGET : undefined,
    });
    const { passwd, group } = await this.#userFiles.of(uid);
    const opened: OpenedFile[] = [
      { path: join(folder.first, 'seccomp'), descriptor: DESCRIPTOR.seccomp },
      { path: passwd, descriptor: DESCRIPTOR.passwd },
      { path: group, descriptor: DESCRIPTOR.group },
    ];
    if (isScoped) opened.push({ path: join(folder.first, 'scope'), descriptor: DESCRIPTOR.scope });
    // Where no control group tells when the last process has gone, bubblewrap names the first one inside.
    const naming = cgroup === undefined ? ['--info-fd', String(DESCRIPTOR.naming)] : [];
    // Handed, not given as arguments: those are for every user of the machine to read, and hold the function's secrets.
    const optionsText = options.map((word) => `${word}\0`).join('');
    const walls = ['bwrap', ...naming, '--args', String(DESCRIPTOR.options), '--', ...command];
    shell.become(walls, opened, optionsText);
  }

  /** Nobody has that user id any more: what was made for it goes before somebody else gets it. */
  #release(uid: number | undefined): void {
    const { identity } = this.#ground;
    if (identity.kind !== 'own-user' || uid === undefined) return;
    const giveBack = (): void => identity.users.giveBack(uid);
    // Files that cannot be removed are written anew for the next.
    void this.#userFiles.drop(uid).then(giveBack, giveBack);
  }

  #watch(spec: SandboxSpec, spawned: Spawned, cgroup: Cgroup | undefined): MemoryWatch {
    return new MemoryWatch({
      ...{ clock: this.#ground.clock, limitBytes: spec.memoryLimitBytes },
      usedBytes: () => ownMemoryBytes(spec, spawned, cgroup),
      onExceeded: () => spawned.signal('SIGKILL'),
    });
  }
}

function madeFiles(isScoped: boolean): MadeFile[] {
  const files: MadeFile[] = [
    { target: '/etc/passwd', mode: '0644', descriptor: DESCRIPTOR.passwd },
    { target: '/etc/group', mode: '0644', descriptor: DESCRIPTOR.group },
  ];
  if (isScoped) files.push({ target: SCOPE_TARGET, mode: '0755', descriptor: DESCRIPTOR.scope });
  return files;
}

/** Control groups as far as this user may make them. */
async function openCgroups({
  clock,
  cpuSharing = 'weight',
}: BubblewrapOptions): Promise<CgroupParent | undefined> {
  const options = { pid: process.pid, clock, cpuSharing };
  return (await CgroupV2.open(options)) ?? (await CgroupV1.open(options));
}

function refusal(what: string): Result<never, WallsDoNotHold> {
  return failed({ kind: 'walls-do-not-hold', what });
}
