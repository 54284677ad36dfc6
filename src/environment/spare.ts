import { chmod } from 'node:fs/promises';
import type { EnvironmentId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { removeTree } from '../base/remove-tree.ts';
import type { CodeFolders } from '../function/code-folders.ts';
import { TASK_ROOT } from '../function/runtime/runtime.ts';
import type { Mount, OutputListener } from '../sandbox/sandbox.ts';
import { Assignment, type Assigned } from './assignment.ts';
import type { Hull, HullBuilder, HullShape } from './hull.ts';
import { linkFolder, type Listing } from './linked-folder.ts';

/** What starting spares needs. */
export interface SpareParts {
  readonly hulls: HullBuilder;
  readonly code: Pick<CodeFolders, 'newAside'>;
  readonly random: Random;
}

/** What a spare is started for: any function that fits. */
export interface SpareShape extends HullShape {
  /** Where folders of the function will appear, beside its code: empty until then. */
  readonly targets: readonly string[];
  /** The variables that its program has while it waits. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A folder that is to be seen at `target`. */
export interface Content {
  readonly listing: Listing;
  readonly source: string;
  readonly target: string;
}

/** Somebody's program from now on. */
export interface TakenSpare {
  readonly hull: Hull;
  readonly parts: AsyncDisposableStack;
  /** From here on what it prints goes there. */
  hearOutput(output: OutputListener): void;
  assign(assigned: Assigned): void;
}

/** An environment without a function: walls, limits, user, door and a loaded program that waits. */
export class Spare {
  /** Memory that it really used when it was ready. */
  usedMemoryBytes = 0;
  readonly hull: Hull;
  readonly #parts: AsyncDisposableStack;
  readonly #folders: ReadonlyMap<string, string>;
  readonly #assignment: Assignment;
  readonly #output: OutputSwitch;
  #isTaken = false;

  private constructor(
    hull: Hull,
    own: {
      readonly parts: AsyncDisposableStack;
      readonly folders: ReadonlyMap<string, string>;
      readonly assignment: Assignment;
      readonly output: OutputSwitch;
    },
  ) {
    this.hull = hull;
    this.#parts = own.parts;
    this.#folders = own.folders;
    this.#assignment = own.assignment;
    this.#output = own.output;
    void hull.tree.exit.then(() => (this.#isTaken ? undefined : own.parts.disposeAsync()));
  }

  /** Starts one. */
  static async start({ hulls, code, random }: SpareParts, shape: SpareShape): Promise<Spare> {
    await using parts = new AsyncDisposableStack();
    const id = random.uuid().replaceAll('-', '') as EnvironmentId;
    const folders = new Map<string, string>();
    for (const target of [TASK_ROOT, ...shape.targets]) folders.set(target, await emptyFolder(code, parts));
    const place = hulls.privateFolder(`${id.slice(0, 12)}-s`, parts);
    const assignment = parts.use(await Assignment.open(place));
    const output = new OutputSwitch();
    const mounts = [...folders].map(([target, source]): Mount => ({ source, target, access: 'read-only' }));
    const hull = await hulls.build(shape, {
      id,
      mounts: [...mounts, ...shape.launch.mounts, assignment.mount],
      variablesFor: (door) => ({ ...shape.variables, ...door.variables, ...assignment.variables }),
      output: (stream, chunk) => output.pass(stream, chunk),
      parts,
    });
    // What waits is a program of ours: a hundred of them looked at twice a second would cost more than anything they do.
    hull.tree.watchMemory(false);
    return new Spare(hull, { parts: parts.move(), folders, assignment, output });
  }

  /** Waits until its program is loaded; false when it ended before. */
  async ready(): Promise<boolean> {
    const { tree } = this.hull;
    const isReady = await Promise.race([
      this.#assignment.awaited.then(() => true),
      tree.exit.then(() => false),
    ]);
    if (isReady) this.usedMemoryBytes = await tree.usedMemoryBytes().catch(() => 0);
    return isReady;
  }

  /** Makes it somebody's: what they bring is linked into its folders, which it sees read-only. */
  async take(contents: readonly Content[]): Promise<TakenSpare> {
    for (const { listing, source, target } of contents) {
      await linkFolder(listing, source, this.#folders.get(target) ?? '');
    }
    this.#isTaken = true;
    this.hull.tree.watchMemory(true);
    return {
      hull: this.hull,
      parts: this.#parts,
      hearOutput: (output) => this.#output.turnTo(output),
      assign: (assigned) => this.#assignment.give(assigned),
    };
  }

  /** Ends it; resolves when nothing of it is left. */
  async end(): Promise<void> {
    await this.hull.tree.kill();
  }
}

/** Beside the code, so that files can be linked into it. */
async function emptyFolder(code: SpareParts['code'], parts: AsyncDisposableStack): Promise<string> {
  const folder = await code.newAside();
  await chmod(folder, 0o755);
  // What resists its removal goes when the folders of code are next put in order.
  parts.defer(() => removeTree(folder).catch(() => undefined));
  return folder;
}

/** What a spare prints before it is somebody's is nobody's. */
class OutputSwitch {
  #output: OutputListener | undefined;

  pass(stream: 'stdout' | 'stderr', chunk: Uint8Array): void {
    this.#output?.(stream, chunk);
  }

  turnTo(output: OutputListener): void {
    this.#output = output;
  }
}
