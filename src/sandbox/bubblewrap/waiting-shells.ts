import type { Cancel, Clock } from '../../base/clock.ts';
import type { OutputListener } from '../sandbox.ts';
import type { Spawned, Spawner } from '../spawner.ts';
import type { Cgroup, CgroupParent } from './cgroup.ts';

/** What a shell answers that could not join its groups. */
export const NOT_JOINED = 97;

/** The descriptor from which a shell reads its one line, and which what it becomes can go on reading. */
export const HANDED_DESCRIPTOR = 3;

/** What {@link WaitingShells} works with. */
export interface WaitingShellsOptions {
  readonly spawner: Spawner;
  readonly clock: Clock;
  /** Undefined where this user may make no groups: there is nothing to join ahead, and no shell waits. */
  readonly cgroups: CgroupParent | undefined;
  /** What the names of the groups begin with: no other walls of this process may have the same. */
  readonly name: string;
}

/** A file that a command finds open for reading. `descriptor` is less than 10, as shells have it. */
export interface OpenedFile {
  readonly path: string;
  readonly descriptor: number;
}

/** Open files of each process, as on AWS. */
const OPEN_FILES = 1024;

/** How many wait while environments are started. */
const READY = 4;

/** How long they wait for a start. */
const IDLE_MS = 10_000;

/**
 * `sh -c SCRIPT sh NEWLINE GROUPS…`: joins the groups before anything else runs in it, then does what it is handed as a line.
 * It leaves no core dumps, which might be handed to a program of the host.
 */
const SCRIPT = [
  `ulimit -c 0; ulimit -n ${OPEN_FILES}; newline=$1; shift`,
  `for group; do echo $$ >"$group" || exit ${NOT_JOINED}; done`,
  `IFS= read -r line <&${HANDED_DESCRIPTOR} && eval "$line"`,
].join('; ');

/**
 * Processes that have joined control groups of their own and wait for what they are to become. The kernel lets a process
 * into a group of version 1 only after all processors have taken note, some 10 ms, more than all other walls together take:
 * so the next few join while nobody waits for them. They hold nothing of any function.
 */
export class WaitingShells implements AsyncDisposable {
  readonly #options: WaitingShellsOptions;
  readonly #ready: WaitingShell[] = [];
  readonly #coming = new Set<Promise<void>>();
  #nextNumber = 1;
  #cancelRest: Cancel | undefined;
  #isClosed = false;

  constructor(options: WaitingShellsOptions) {
    this.#options = options;
  }

  /** One that waits, or else a new one; what it prints goes to `output`. @throws when no group can be made. */
  async take(output: OutputListener): Promise<WaitingShell> {
    const shell = this.#ready.shift() ?? (await this.#make());
    shell.output.hear(output);
    return shell;
  }

  /** Has the next ones join: called when what was taken is on its way. */
  refill(): void {
    const { cgroups, clock } = this.#options;
    if (cgroups === undefined || this.#isClosed) return;
    this.#cancelRest?.();
    this.#cancelRest = clock.after(IDLE_MS, () => void this.#endAll().catch(() => undefined));
    while (this.#ready.length + this.#coming.size < READY) {
      const coming = this.#addOne().catch(() => undefined);
      this.#coming.add(coming);
      void coming.finally(() => this.#coming.delete(coming));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancelRest?.();
    await Promise.all(this.#coming);
    await this.#endAll();
  }

  async #addOne(): Promise<void> {
    const shell = await this.#make();
    this.#ready.push(shell);
    void shell.spawned.ended.then(() => this.#forget(shell));
  }

  async #make(): Promise<WaitingShell> {
    const { cgroups, spawner, name } = this.#options;
    const cgroup = await cgroups?.make(`${name}-${this.#nextNumber++}`);
    const output = new HeldOutput();
    const spawned = await spawner.start(
      {
        command: ['/bin/sh', '-c', SCRIPT, 'sh', '\n', ...(cgroup?.joinFiles ?? [])],
        variables: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
        workingDirectory: '/',
        isHanded: true,
        namesChild: cgroup === undefined,
        ownSession: true,
      },
      output.print,
    );
    return new WaitingShell(spawned, cgroup, output);
  }

  /** Ended before anybody took it. */
  #forget(shell: WaitingShell): void {
    const index = this.#ready.indexOf(shell);
    if (index < 0) return;
    this.#ready.splice(index, 1);
    void shell.discard().catch(() => undefined);
  }

  async #endAll(): Promise<void> {
    await Promise.all(this.#ready.splice(0).map((shell) => shell.discard()));
  }
}

/** A process in its groups that has become nothing yet. */
export class WaitingShell {
  readonly spawned: Spawned;
  /** Undefined where this user may make no groups. */
  readonly cgroup: Cgroup | undefined;
  readonly output: HeldOutput;

  constructor(spawned: Spawned, cgroup: Cgroup | undefined, output: HeldOutput) {
    this.spawned = spawned;
    this.cgroup = cgroup;
    this.output = output;
  }

  /**
   * Opens `files`, and becomes the command. What reads {@link HANDED_DESCRIPTOR} then gets `rest`. Once.
   */
  become(command: readonly string[], files: readonly OpenedFile[], rest: string): void {
    const opening = files.map(({ path, descriptor }) => `${descriptor}<${quoted(path)}`);
    const line = `exec ${opening.join(' ')}; exec ${command.map(quoted).join(' ')}`;
    this.spawned.hand(`${line}\n${rest}`);
  }

  /** Ends it, and what it has become, and removes its groups. */
  async discard(): Promise<void> {
    this.spawned.signal('SIGKILL');
    await this.spawned.closed;
    await this.cgroup?.remove();
  }
}

/** What is printed before somebody listens. */
class HeldOutput {
  readonly #early: Parameters<OutputListener>[] = [];
  #listener: OutputListener | undefined;

  readonly print: OutputListener = (...printed) => {
    if (this.#listener === undefined) this.#early.push(printed);
    else this.#listener(...printed);
  };

  hear(listener: OutputListener): void {
    this.#listener = listener;
    for (const printed of this.#early.splice(0)) listener(...printed);
  }
}

/** One word of a shell's line. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`).replaceAll('\n', `'"$newline"'`)}'`;
}
