import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FunctionSettings } from '../function.ts';
import type { BroughtParts } from './brought-parts.ts';
import {
  DotnetEngines,
  ENGINE_VARIABLE,
  howToInstall,
  WITHOUT_DEBUGGER,
  type DotnetEngine,
  type DotnetPrograms,
} from './dotnet-engines.ts';
import { buildFiles, entryOf, RUNTIME_SUPPORT, type BuildFiles, type DotnetEntry } from './dotnet-entry.ts';
import { BOOTSTRAP, BOOTSTRAP_CONFIG, DotnetBootstrap } from './dotnet-bootstrap.ts';
import type { BroughtDotnet } from './dotnet-parts.ts';
import type { Launch, NotLaunchable, Probe, Runtime } from './runtime.ts';
import { notInstalled, RUNTIME_ROOT, TASK_ROOT } from './runtime.ts';

/** What the .NET runtime needs from the platform. */
export interface DotnetRuntimeOptions {
  readonly brought: BroughtParts;
  /** The sources of our bootstrap (`runtimes/dotnet`). */
  readonly bootstrapFolder: string;
  readonly programs?: DotnetPrograms;
  /** What may be fetched where the machine has no .NET; all that there is, but in tests. */
  readonly bringable?: readonly BroughtDotnet[];
}

/** In a package that brings its own .NET. */
const OWN_DOTNET = 'libcoreclr.so';

type Command = Pick<Launch, 'command' | 'mounts'>;

/** One runtime for each name that AWS has given to .NET. */
export function dotnetRuntimes(options: DotnetRuntimeOptions): readonly Runtime[] {
  const { brought, programs, bringable, bootstrapFolder } = options;
  const engines = new DotnetEngines(brought, programs, bringable);
  const bootstrap = new DotnetBootstrap(bootstrapFolder, brought);
  return [6, 8, 10].map((major) => new DotnetRuntime(major, engines, bootstrap));
}

/** .NET: class libraries, executable assemblies, native binaries. */
class DotnetRuntime implements Runtime {
  readonly ids: readonly string[];
  readonly preparation = 'plain';
  readonly #major: number;
  readonly #engines: DotnetEngines;
  readonly #bootstrap: DotnetBootstrap;

  constructor(major: number, engines: DotnetEngines, bootstrap: DotnetBootstrap) {
    this.ids = [`dotnet${major}`];
    this.#major = major;
    this.#engines = engines;
    this.#bootstrap = bootstrap;
  }

  /** Nothing changes; what the code needs and is not here yet is fetched, so that the first invocation does not wait for it. */
  async prepare(folder: string): Promise<void> {
    const names = await readdir(folder);
    const assembly = names.find((name) => name.endsWith('.dll'));
    if (assembly === undefined || names.includes(OWN_DOTNET)) return;
    const files = await buildFiles(assembly.slice(0, -'.dll'.length), folder);
    const engine = await this.#engines.choose(undefined, { ...files, named: this.#major });
    if (engine.ok && !files.hasRuntimeSupport) await this.#bootstrap.ensure(engine.value);
  }

  async launch(settings: FunctionSettings, folder: string): Promise<Launch | NotLaunchable> {
    const entry = await entryOf(settings.handler, folder);
    if (entry.kind === 'none') return notLaunchable('Runtime.InvalidEntrypoint', entry.reason);
    if (entry.kind === 'native-binary')
      return launchOf(settings, { command: [`${TASK_ROOT}/${entry.file}`], mounts: [] }, WITHOUT_DEBUGGER);
    const files = await buildFiles(entry.assembly, folder);
    const need = { ...files, named: this.#major };
    const engine = await this.#engines.choose(settings.variables[ENGINE_VARIABLE], need);
    if (!engine.ok) return notInstalled(engine.failure.reason);
    const unfit = whyUnfit(engine.value, files);
    if (unfit !== undefined) return notInstalled(unfit);
    const command = await this.#command(entry, settings.handler, files, engine.value);
    if ('kind' in command) return command;
    const { kind, variables } = engine.value;
    return launchOf(settings, command, { ...variables, ...(kind === 'dotnet' && heapLimit(settings)) });
  }

  async probe(): Promise<Probe> {
    const install = howToInstall(this.#major);
    const dotnet = await this.#engines.dotnet();
    if (dotnet?.ok === true) {
      const { version, root = '' } = dotnet.value;
      const isExact = Number.parseInt(version, 10) === this.#major;
      const how = `by ${RUNTIME_SUPPORT} where a package has it, else by our bootstrap`;
      return {
        available: true,
        sentence: `.NET ${version} at ${join(root, 'dotnet')}, ${how}`,
        version,
        isExact,
      };
    }
    const fetched = this.#engines.bringable({ major: undefined, needsAspNet: false });
    const mono = await this.#engines.mono();
    if (mono?.ok === true) {
      const { version, program } = mono.value;
      const what = 'by our bootstrap, for assemblies of .NET Standard 2.0 and .NET Framework';
      const others =
        fetched === undefined ? '' : `; those of .NET run on ${fetched.origin}, fetched at first use`;
      const sentence = `mono ${version} at ${program}, ${what}${others}; for the newest .NET ${install}`;
      return { available: true, sentence, version, isExact: false };
    }
    if (fetched !== undefined) {
      const { origin, version, major } = fetched;
      const newer = howToInstall(Math.max(major, this.#major));
      const why =
        this.#major > major
          ? `for code built for .NET ${this.#major} ${newer}`
          : `for its security fixes ${newer}`;
      const sentence = `${origin}, fetched at first use; ${why}`;
      return { available: true, sentence, version, isExact: major === this.#major };
    }
    const sentence = `Neither .NET nor mono is installed: ${install}, or apt-get install mono-runtime mono-mcs. Executables that bring their own .NET run as they are.`;
    return { available: false, sentence };
  }

  async #command(
    entry: Extract<DotnetEntry, { readonly assembly: string }>,
    handler: string,
    files: BuildFiles,
    engine: DotnetEngine,
  ): Promise<Command | NotLaunchable> {
    const { program, mounts } = engine;
    const exec = engine.kind === 'dotnet' ? [program, 'exec'] : [program];
    if (entry.kind === 'executable-assembly')
      return { command: [...exec, `${TASK_ROOT}/${entry.file}`], mounts };
    if (engine.kind === 'dotnet' && files.hasRuntimeSupport)
      return byRuntimeSupport(exec, handler, files, mounts);
    const part = await this.#bootstrap.ensure(engine);
    if (!part.ok) return notInstalled(part.failure.reason);
    const described = engine.kind === 'dotnet' ? descriptions(files) : [];
    return {
      command: [...exec, ...described, `${RUNTIME_ROOT}/${BOOTSTRAP}`, handler],
      mounts: [...mounts, { source: part.value, target: RUNTIME_ROOT, access: 'read-only' }],
    };
  }
}

/** As AWS's start script runs it. */
function byRuntimeSupport(
  exec: readonly string[],
  handler: string,
  { dependencies, runtimeConfig }: BuildFiles,
  mounts: Command['mounts'],
): Command | NotLaunchable {
  const missing = dependencies === undefined ? '.deps.json' : '.runtimeconfig.json';
  if (dependencies === undefined || runtimeConfig === undefined) {
    const told = `.NET binaries for Lambda function are not correctly installed in the ${TASK_ROOT} directory of the image when the image was built. The ${TASK_ROOT} directory is missing the required ${missing} file.`;
    return notLaunchable('Runtime.InvalidEntrypoint', told);
  }
  const described = ['--depsfile', dependencies, '--runtimeconfig', runtimeConfig];
  return { command: [...exec, ...described, `${TASK_ROOT}/${RUNTIME_SUPPORT}`, handler], mounts };
}

/** Our bootstrap finds the package's assemblies by itself, so it needs neither file. */
function descriptions({ dependencies, runtimeConfig }: BuildFiles): readonly string[] {
  const config = runtimeConfig ?? `${RUNTIME_ROOT}/${BOOTSTRAP_CONFIG}`;
  return [...(dependencies === undefined ? [] : ['--depsfile', dependencies]), '--runtimeconfig', config];
}

/** Why this engine cannot run that build, in a sentence. */
function whyUnfit({ kind, version }: DotnetEngine, { major }: BuildFiles): string | undefined {
  if (major === undefined) return undefined;
  const built = `This function is built for .NET ${major}`;
  if (kind === 'mono' && major >= 5)
    return `${built}; this machine has only mono ${version}: ${howToInstall(major)}`;
  if (kind === 'dotnet' && Number.parseInt(version, 10) < major)
    return `${built}; it would run on .NET ${version}: ${howToInstall(major)}`;
  return undefined;
}

/**
 * .NET takes three quarters of its container's memory for its heap, and sees no container here: it would let garbage
 * lie until the walls end it. Hexadecimal; the second name is that of .NET Core 3.1.
 */
function heapLimit({ memorySizeMb }: FunctionSettings): Readonly<Record<string, string>> {
  const limit = Math.floor(memorySizeMb * 1_048_576 * 0.75).toString(16);
  return { DOTNET_GCHeapHardLimit: limit, COMPlus_GCHeapHardLimit: limit };
}

function launchOf(
  { runtime }: FunctionSettings,
  { command, mounts }: Command,
  variables: Readonly<Record<string, string>>,
): Launch {
  const folder = dirname(command[0] ?? '');
  return {
    command,
    variables: {
      ...variables,
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      PATH: `/usr/local/bin:/usr/bin/:/bin:/opt/bin:${folder}`,
    },
    mounts,
    door: 'http',
  };
}

function notLaunchable(errorType: string, reason: string): NotLaunchable {
  return { kind: 'not-launchable', errorType, reason };
}
