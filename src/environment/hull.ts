import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../base/remove-tree.ts';
import type { EnvironmentId } from '../base/ids.ts';
import { MEMORY_OF_ONE_CORE_MB } from '../function/limits.ts';
import { TASK_ROOT, type Launch } from '../function/runtime/runtime.ts';
import type { Mount, OutputListener, Sandbox, SandboxedTree, SandboxSpec } from '../sandbox/sandbox.ts';
import type { DoorEvent, EnvironmentDoor, OpenDoor } from './door.ts';
import { doorKind, type DoorKind } from './doors.ts';
import type { Environment } from './environment.ts';
import type { RunFolder } from './run-folder.ts';

/** How many processes and threads one environment may have. */
const PROCESS_LIMIT = 1024;
const MEBIBYTE = 1_048_576;

/** What the start of an environment decides for its whole life: program and walls. */
export interface HullShape {
  readonly launch: Launch;
  readonly network: SandboxSpec['network'];
  /** Programs of their own run beside the runtime. */
  readonly hasExtensions?: boolean;
  readonly memorySizeMb: number;
  readonly ephemeralStorageMb: number;
}

/** What a hull is built with beside its shape. */
export interface HullContents {
  readonly id: EnvironmentId;
  readonly mounts: readonly Mount[];
  /** All variables of its program, for the door it gets. */
  readonly variablesFor: (door: EnvironmentDoor) => Readonly<Record<string, string>>;
  readonly output: OutputListener;
  /** Owns what the hull needs; the hull's own parts are added. */
  readonly parts: AsyncDisposableStack;
}

/** What {@link HullBuilder} works with. */
export interface HullBuilderOptions {
  readonly sandbox: Sandbox;
  readonly doors: Readonly<Record<DoorKind, OpenDoor>>;
  /** For what environments share with the platform. */
  readonly runFolder: Pick<RunFolder, 'current'>;
}

/** A running program behind its walls, with a door: an environment, but for whose it is. */
export interface Hull {
  readonly id: EnvironmentId;
  readonly tree: SandboxedTree;
  readonly door: EnvironmentDoor;
  readonly hearing: Hearing;
}

/** Puts programs behind walls and doors into those. */
export class HullBuilder {
  readonly #options: HullBuilderOptions;

  constructor(options: HullBuilderOptions) {
    this.#options = options;
  }

  /** Starts the program; it has been handed to the system when this resolves. */
  async build(shape: HullShape, contents: HullContents): Promise<Hull> {
    const { id, parts, output } = contents;
    const hearing = new Hearing();
    const folder = this.privateFolder(id.slice(0, 12), parts);
    const kind = doorKind(shape.launch, shape.network);
    const open = this.#options.doors[kind];
    const hear = (event: DoorEvent): void => hearing.hear(event);
    const door = parts.use(await open(folder, hear, shape.hasExtensions === true));
    const tree = await this.#options.sandbox.start(specOf(shape, contents, door), output);
    door.admit(tree);
    return { id, tree, door, hearing };
  }

  /** A new folder whose path is short; it goes with `parts`. In memory it is made sooner than another thread is asked to. */
  privateFolder(name: string, parts: AsyncDisposableStack): string {
    const folder = join(this.#options.runFolder.current, name);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    // What resists its removal goes with the run's folder, or stays: nothing waits for it.
    parts.defer(() => removeTree(folder).catch(() => undefined));
    return folder;
  }
}

function specOf(
  shape: HullShape,
  { id, mounts, variablesFor }: HullContents,
  door: EnvironmentDoor,
): SandboxSpec {
  const { launch, network, memorySizeMb, ephemeralStorageMb } = shape;
  return {
    environmentId: id,
    command: [...door.prefix, ...launch.command],
    variables: variablesFor(door),
    workingDirectory: TASK_ROOT,
    mounts: [...mounts, ...door.mounts],
    memoryLimitBytes: memorySizeMb * MEBIBYTE,
    cpuCores: memorySizeMb / MEMORY_OF_ONE_CORE_MB,
    processLimit: PROCESS_LIMIT,
    tmpSizeBytes: ephemeralStorageMb * MEBIBYTE,
    network,
  };
}

/** Keeps what a door says before its environment is there to hear it. */
export class Hearing {
  #environment: Environment | undefined;
  readonly #early: DoorEvent[] = [];

  hear(event: DoorEvent): void {
    if (this.#environment === undefined) this.#early.push(event);
    else this.#environment.heard(event);
  }

  /** From now on `environment` hears, also what was said before. */
  tell(environment: Environment): void {
    this.#environment = environment;
    for (const event of this.#early) environment.heard(event);
  }
}
