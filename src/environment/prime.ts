import type { Clock } from '../base/clock.ts';
import type { CodeFolders } from '../function/code-folders.ts';
import { functionLogKey, type FunctionRecord } from '../function/function.ts';
import type { FunctionListener } from '../function/functions.ts';
import type { PrimedFolders } from '../function/primed-folders.ts';
import type { Priming, Runtime } from '../function/runtime/runtime.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { LineStore } from '../store/lines.ts';
import type { Tell } from '../watch/event.ts';
import type { Environment } from './environment.ts';
import { isWithin, type FolderLimit } from './folder-size.ts';
import type { StartFailure } from './outcomes.ts';
import { exitText } from './payloads.ts';
import type { EnvironmentStarter, StartAttempt } from './start.ts';

/** How long the code may take to be loaded and its result to be written; nobody waits for it. */
const PRIMING_LIMIT_MS = 60_000;
/** How much a priming may write. The folder lies on the host's disk: it is looked at while it is filled. */
const FOLDER_LIMIT: FolderLimit = { sizeBytes: 268_435_456, entries: 20_000 };
const LOOK_EVERY_MS = 50;

/** What {@link Primer} works with. */
export interface PrimerOptions {
  readonly starter: Pick<EnvironmentStarter, 'startPriming'>;
  readonly folders: PrimedFolders;
  readonly code: Pick<CodeFolders, 'borrow'>;
  readonly runtimes: Runtimes;
  readonly lines: LineStore;
  readonly clock: Clock;
  readonly tell: Tell;
  /** The function as it stands now; undefined when it is gone. */
  readonly latest: (record: FunctionRecord) => FunctionRecord | undefined;
  /** How much one priming may write; 256 MiB in 20,000 files when not given. */
  readonly limit?: FolderLimit;
}

/**
 * Makes functions start faster: once their code is accepted, it is loaded in a sandbox of its own, one function after
 * the other, and what the runtime keeps of that is shown to every later start. Until then, and if it fails, functions
 * start without. What a kill has interrupted is made at the next start of an environment.
 */
export class Primer implements AsyncDisposable {
  readonly #options: PrimerOptions;
  readonly #limit: FolderLimit;
  /** What needs no (further) try in this run of the platform, by the path of the folder. */
  readonly #tried = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  #running: Environment | undefined;
  #isStopping = false;

  constructor(options: PrimerOptions) {
    this.#options = options;
    this.#limit = options.limit ?? FOLDER_LIMIT;
  }

  /** What primes functions whose code has become ready: hand it to `Functions.listen`. */
  get listener(): FunctionListener {
    return {
      changed: (now, before) => {
        if (this.#pathOf(now) !== this.#pathOf(before)) this.#forget(before);
        this.#want(now);
      },
      deleted: (gone) => this.#forget(gone),
      versionDeleted: (gone) => this.#forget(gone),
    };
  }

  /** The folder made for this function, if it is there; if not, it is made in the background. */
  async find(record: FunctionRecord): Promise<string | undefined> {
    const priming = this.#primingOf(record);
    const folder = priming && (await this.#options.folders.find(record, priming));
    if (folder === undefined) this.#want(record);
    return folder;
  }

  /** Resolves when nothing is left to prime. */
  async settled(): Promise<void> {
    for (let seen; seen !== this.#work;) {
      seen = this.#work;
      await seen;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#running?.stop('the platform stops');
    await this.settled();
  }

  #primingOf(record: FunctionRecord): Priming | undefined {
    const runtime = this.#options.runtimes.find(record.settings.runtime);
    return runtime.ok ? runtime.value.priming : undefined;
  }

  #pathOf(record: FunctionRecord): string | undefined {
    const priming = this.#primingOf(record);
    return priming && this.#options.folders.pathOf(record, priming);
  }

  #want(record: FunctionRecord): void {
    const runtime = this.#options.runtimes.find(record.settings.runtime);
    const path = this.#pathOf(record);
    if (record.state.kind !== 'active' || !runtime.ok || path === undefined) return;
    if (this.#isStopping || this.#tried.has(path)) return;
    this.#tried.add(path);
    this.#next(record, () => this.#prime(record, runtime.value, runtime.value.priming));
  }

  #forget(record: FunctionRecord): void {
    const path = this.#pathOf(record);
    if (path === undefined) return;
    this.#tried.delete(path);
    this.#next(record, () => this.#options.folders.drop(record));
  }

  #next(record: FunctionRecord, work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      const where = `priming of function ${record.key.name}`;
      this.#options.tell({ kind: 'trouble', where, what: (error as Error).message });
    });
  }

  async #prime(record: FunctionRecord, runtime: Runtime, priming: Priming | undefined): Promise<void> {
    const { folders, code, clock, tell } = this.#options;
    if (priming === undefined || !this.#isStillWanted(record)) return;
    if ((await folders.find(record, priming)) !== undefined) return;
    const borrowed = await code.borrow(record.package.sha256, runtime);
    if (!borrowed.ok) return;
    using held = borrowed.value;
    if (!(await priming.isWorthwhile(record.settings, held.folder))) return;
    const beganMs = clock.nowMs();
    const made = await folders.begin();
    try {
      const why = await this.#fill(made, record, priming);
      const isWanted = this.#isStillWanted(record);
      if (why === undefined && isWanted) await folders.keep(made, record, priming);
      const tookMs = clock.nowMs() - beganMs;
      if (isWanted) tell({ kind: 'primed', function: record.key.name, tookMs, ...(why && { why }) });
    } finally {
      await folders.discard(made);
    }
  }

  #isStillWanted(record: FunctionRecord): boolean {
    const now = this.#options.latest(record);
    return !this.#isStopping && now !== undefined && this.#pathOf(now) === this.#pathOf(record);
  }

  /** Loads the code so that it fills `folder`; why it did not, when it did not, which its log says as well. */
  async #fill(folder: string, record: FunctionRecord, priming: Priming): Promise<string | undefined> {
    const attempt = await this.#options.starter.startPriming(record, folder, NOT_KEPT);
    const failure = (await this.#outcome(folder, attempt)) ?? (await priming.whatIsMissing?.(folder));
    if (failure !== undefined && this.#isStillWanted(record)) this.#log(record, attempt, failure);
    return failure;
  }

  async #outcome(folder: string, { environment: started }: StartAttempt): Promise<string | undefined> {
    if (!started.ok) return describe(started.failure);
    const environment = started.value;
    this.#running = environment;
    if (this.#isStopping) environment.stop('the platform stops');
    const endLooking = this.#lookAt(folder, environment);
    try {
      const failure = await environment.started(PRIMING_LIMIT_MS);
      if (failure === undefined) await this.#ended(environment);
      const why = await environment.gone;
      if (!(await isWithin(folder, this.#limit))) return 'it wrote more than may be kept';
      if (failure !== undefined) return describe(failure);
      return why === 'exited' || isTerminated(environment, why)
        ? undefined
        : `it did not end by itself (${why})`;
    } finally {
      endLooking();
      this.#running = undefined;
    }
  }

  /** It has loaded its code and waits for events: on SIGTERM it writes what it has to write. */
  async #ended(environment: Environment): Promise<void> {
    const cancel = this.#options.clock.after(PRIMING_LIMIT_MS, () => environment.stop('too slow'));
    environment.askToEnd();
    await environment.gone;
    cancel();
  }

  /** Ends the environment as soon as it writes more than it may. */
  #lookAt(folder: string, environment: Environment): () => void {
    let cancel = (): void => undefined;
    const look = (): void => {
      cancel = this.#options.clock.after(LOOK_EVERY_MS, () => {
        void isWithin(folder, this.#limit).then((within) => {
          if (!within) environment.stop('it writes too much');
          else if (environment.state !== 'gone') look();
        });
      });
    };
    look();
    return () => cancel();
  }

  #log(record: FunctionRecord, { id, log }: StartAttempt, why: string): void {
    const said = Buffer.from(log.takeTail()).toString('utf8').split('\n').filter(Boolean);
    const first = `Priming failed: ${why}. The function runs, but its environments start slower.`;
    const atMs = this.#options.clock.nowMs();
    const lines = [first, ...said].map((text) => ({ atMs, stream: `priming/${id}`, text }));
    this.#options.lines.append(functionLogKey(record.key), lines);
  }
}

/** What code prints while it is primed is no part of the function's log, unless something fails. */
const NOT_KEPT: LineStore = { append: () => undefined, tail: async () => [], remove: async () => undefined };

/** It ended on being asked to, as programs do that do not hide it in their exit code. */
function isTerminated({ exit }: Environment, why: string): boolean {
  return why === 'killed' && exit?.kind === 'killed' && exit.signal === 'SIGTERM';
}

/** Undefined for the one good end among these: the program has done its work and exited. */
function describe(failure: StartFailure): string | undefined {
  switch (failure.kind) {
    case 'exited':
      if (failure.exit.kind === 'exited' && failure.exit.code === 0) return undefined;
      return exitText(failure.exit);
    case 'init-failed':
      return `${failure.errorType}: ${failure.errorMessage}`;
    case 'unfit':
      return failure.reason;
    case 'no-room':
      return failure.why;
    default:
      return `the code was not loaded in ${failure.limitMs} ms`;
  }
}
