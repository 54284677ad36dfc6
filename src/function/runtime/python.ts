import type { Clock } from '../../base/clock.ts';
import type { Mount } from '../../sandbox/sandbox.ts';
import type { Tell } from '../../watch/event.ts';
import type { FunctionSettings } from '../function.ts';
import type { BroughtParts } from './brought-parts.ts';
import { bytecodePriming } from './bytecode.ts';
import { insideSandbox, type InstalledPython, type PythonFinder } from './installed-python.ts';
import { pythonPart, type PythonPartName } from './python-parts.ts';
import {
  notInstalled,
  RUNTIME_ROOT,
  TASK_ROOT,
  type Launch,
  type NotLaunchable,
  type Priming,
  type Probe,
  type Runtime,
  type Spare,
} from './runtime.ts';
import { takesVariablesLate } from './spare.ts';

const LAUNCHER = `${RUNTIME_ROOT}/launcher`;
const PART_ROOTS: Readonly<Record<PythonPartName, string>> = {
  awslambdaric: `${RUNTIME_ROOT}/client`,
  boto3: `${RUNTIME_ROOT}/sdk`,
};
/**
 * The site module is left out: what the machine has installed for itself is not for functions, which find here what AWS
 * gives them. Code is read-only, so no bytecode is written.
 */
const FLAGS = ['-S', '-s', '-B', '-X', 'utf8'];
/** What becomes of functions without one of these. */
const WITHOUT: Readonly<Record<PythonPartName, string>> = {
  awslambdaric: 'run on Millrace’s own client',
  boto3: 'find the AWS SDK only in their own packages',
};
/** The launcher's words that are the same for all functions: the folders of code, client and SDK. */
const WORDS_OF_ALL = 3;
/** How long functions do without a part that could not be fetched, before it is tried again. */
const TRY_AGAIN_AFTER_MS = 60_000;

/** What the Python runtimes need. */
export interface PythonRuntimeOptions {
  readonly finder: PythonFinder;
  readonly brought: BroughtParts;
  readonly clock: Clock;
  readonly tell: Tell;
  /** The folder of our launcher (`runtimes/python`). */
  readonly launcherFolder: string;
}

/** One runtime for each name that AWS has given to Python. */
export function pythonRuntimes(options: PythonRuntimeOptions): readonly Runtime[] {
  return ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'].map(
    (minor) => new PythonRuntime(minor, options),
  );
}

/** Python by AWS's own client, on the Python of that version if it is installed, else on the machine's `python3`. */
class PythonRuntime implements Runtime {
  readonly ids: readonly string[];
  readonly preparation = 'plain';
  /** Known once a Python has been found, for bytecode is good for one version. */
  priming: Priming | undefined;
  readonly spare: Spare = {
    suits: takesVariablesLate,
    ahead: ({ command, ...launch }) => {
      const ofFunction = command.indexOf(`${LAUNCHER}/launcher.py`) + 1 + WORDS_OF_ALL;
      return {
        launch: { ...launch, command: command.slice(0, ofFunction) },
        words: command.slice(ofFunction),
      };
    },
  };
  readonly #minor: string;
  readonly #options: PythonRuntimeOptions;
  #isTold = false;
  readonly #missingUntilMs = new Map<string, number>();

  constructor(minor: string, options: PythonRuntimeOptions) {
    this.ids = [`python${minor}`];
    this.#minor = minor;
    this.#options = options;
  }

  /** Fetches what functions need beside their code, so that the first invocation does not wait for it. */
  async prepare(): Promise<void> {
    const python = await this.#find();
    if (python === undefined) return;
    this.#tellOnce(python);
    await this.#parts(python);
  }

  async launch(settings: FunctionSettings): Promise<Launch | NotLaunchable> {
    const python = await this.#find();
    if (python === undefined) return notInstalled(NO_PYTHON);
    const { command, mounts } = insideSandbox(python);
    const parts = await this.#parts(python);
    const folderOf = (name: PythonPartName): string => (parts.has(name) ? PART_ROOTS[name] : '');
    const words = [TASK_ROOT, folderOf('awslambdaric'), folderOf('boto3'), settings.handler];
    return {
      command: [command, ...FLAGS, `${LAUNCHER}/launcher.py`, ...words],
      variables: {
        AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
        LD_LIBRARY_PATH: `/var/lang/lib:/lib64:/usr/lib64:${RUNTIME_ROOT}:${RUNTIME_ROOT}/lib:${TASK_ROOT}:${TASK_ROOT}/lib:/opt/lib`,
        PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      },
      mounts: [
        ...mounts,
        { source: this.#options.launcherFolder, target: LAUNCHER, access: 'read-only' },
        ...[...parts].map(([name, source]): Mount => ({
          source,
          target: PART_ROOTS[name],
          access: 'read-only',
        })),
      ],
      door: 'http',
    };
  }

  async probe(): Promise<Probe> {
    const python = await this.#find();
    if (python === undefined) return { available: false, sentence: NO_PYTHON };
    const { version, minor } = python;
    const client = pythonPart('awslambdaric', python);
    const isHere = (await this.#options.brought.find(client)) !== undefined;
    const fetched = isHere ? '' : ' (fetched from PyPI at the first use)';
    const sentence = `Python ${version} at ${python.executable}, awslambdaric ${client.version}${fetched}`;
    return { available: true, version, sentence, isExact: minor === this.#minor };
  }

  #tellOnce({ minor, version, executable }: InstalledPython): void {
    if (this.#isTold || minor === this.#minor) return;
    this.#isTold = true;
    const what = `runs on Python ${version} (${executable}): Python ${this.#minor} is not installed here.`;
    this.#options.tell({ kind: 'noticed', where: `python${this.#minor}`, what });
  }

  async #find(): Promise<InstalledPython | undefined> {
    const python = await this.#options.finder.find(this.#minor);
    if (python !== undefined) this.priming = bytecodePriming(python, LAUNCHER);
    return python;
  }

  /** The folders of the parts that are here or can be fetched. Without the client, functions run on our own. */
  async #parts(python: InstalledPython): Promise<ReadonlyMap<PythonPartName, string>> {
    const names: readonly PythonPartName[] = ['awslambdaric', 'boto3'];
    const folders = await Promise.all(names.map((name) => this.#part(name, python)));
    return new Map(
      names.flatMap((name, n) => (folders[n] === undefined ? [] : [[name, folders[n]] as const])),
    );
  }

  async #part(name: PythonPartName, python: InstalledPython): Promise<string | undefined> {
    const { brought, clock, tell } = this.#options;
    const part = pythonPart(name, python);
    if (clock.nowMs() < (this.#missingUntilMs.get(part.name) ?? 0)) return brought.find(part);
    const made = await brought.ensure(part);
    if (made.ok) return made.value;
    this.#missingUntilMs.set(part.name, clock.nowMs() + TRY_AGAIN_AFTER_MS);
    const what = `until it can be fetched, functions ${WITHOUT[name]}.`;
    tell({ kind: 'noticed', where: `python${this.#minor}: ${name}`, what });
    return undefined;
  }
}

const NO_PYTHON =
  'There is no Python 3.9 or newer on this machine. Install it (on Debian and Ubuntu: apt-get install python3 python3-pip), and invoke again.';
