import type { Mount } from '../../sandbox/sandbox.ts';
import type { FunctionSettings } from '../function.ts';

/** Where the code of a function stands inside its sandbox, and where the parts of its runtime stand. */
export const TASK_ROOT = '/var/task';
export const RUNTIME_ROOT = '/var/runtime';
/** Where the files of its layers stand. */
export const LAYERS_ROOT = '/opt';

/** How a runtime's program is started, and how it talks to the platform. */
export interface Launch {
  /** argv; the first is an absolute path inside the sandbox. */
  readonly command: readonly string[];
  /** What this runtime needs beyond the variables that every function gets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Beside the code, which is always at {@link TASK_ROOT}. */
  readonly mounts: readonly Mount[];
  /** `frames`: our own runtimes, on a Unix socket. `http`: the Lambda Runtime API. */
  readonly door: 'frames' | 'http';
}

/** Whether this machine can run a runtime. `sentence` names what is there, or what is missing and what brings it. */
export interface Probe {
  readonly available: boolean;
  readonly sentence: string;
  /** The version that runs it here: `3.11.7`. */
  readonly version?: string;
  /** False when that is not the version that the runtime's name asks for. */
  readonly isExact?: boolean;
}

/** The code cannot be started at all; told as the error of its first phase. `reason` is a sentence for its owner. */
export interface NotLaunchable {
  readonly kind: 'not-launchable';
  readonly errorType: string;
  readonly reason: string;
}

/** What runs functions of this runtime is not on this machine. `sentence` names what brings it. */
export function notInstalled(sentence: string): NotLaunchable {
  return { kind: 'not-launchable', errorType: 'Runtime.NotInstalled', reason: sentence };
}

/**
 * How the code of a function is made to start faster. After an upload its program runs once in a sandbox, changed by
 * `make`, and writes into an empty folder at `target`; that is over when it exits with 0, or when it is ready for its
 * first invocation and has ended on SIGTERM. Every later start finds the folder there, read-only, changed by `use`.
 */
export interface Priming {
  /** Names what the folder is good for beside code, function and handler: the runtime's version, the way of priming. */
  readonly version: string;
  /** Where the folder stands inside the sandbox. */
  readonly target: string;
  /** False when nothing would be gained, or when the owner does not want it. `folder` holds the prepared code. */
  isWorthwhile(settings: FunctionSettings, folder: string): Promise<boolean>;
  make(launch: Launch): Launch;
  /** After a good end: a sentence when what was to be made is not in `folder`, which is where it was made. */
  whatIsMissing?(folder: string): Promise<string | undefined>;
  use(launch: Launch): Launch;
}

/**
 * A runtime's program started ahead, without a function: it connects to the socket that `MILLRACE_SPARE` names,
 * reads from it one line, `{"variables": {…}, "words": […]}`, and goes on as if it had been started with these
 * variables and arguments. Before that, no code of a function is there, and nothing that only one function has.
 */
export interface Spare {
  /** False when a function wants what only the start of a process can give. */
  suits(settings: FunctionSettings): boolean;
  /** The program that can become `launch`, and the words that it is then still missing. */
  ahead(launch: Launch): { readonly launch: Launch; readonly words: readonly string[] };
}

/** From a runtime's name to what runs it here: one object per language. */
export interface Runtime {
  /** The names it answers to, as AWS spells them. */
  readonly ids: readonly string[];
  /** Names how `prepare` changes a package; part of the prepared folder's path, new whenever its result changes. */
  readonly preparation: string;
  /** Makes an unpacked package ready to run, in place. What is wrong with a file shows when that file is loaded. */
  prepare(folder: string): Promise<void>;
  /** How to start a function whose prepared code is in `folder`. */
  launch(settings: FunctionSettings, folder: string): Promise<Launch | NotLaunchable>;
  /** Absent where there is nothing to prime, and while it is not known yet what would run the function. */
  readonly priming?: Priming | undefined;
  /** Absent where a program cannot be started ahead of its function. */
  readonly spare?: Spare;
  probe(): Promise<Probe>;
}
