import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failed, ok, type Result } from '../../base/result.ts';
import type { BroughtParts } from './brought-parts.ts';
import { broughtDotnets, type BroughtDotnet } from './dotnet-parts.ts';
import { InstalledPrograms, type InstalledProgram, type ProgramQuestion } from './installed-program.ts';
import type { Launch } from './runtime.ts';

/** What runs .NET assemblies here. Paths are those inside the sandbox. */
export interface DotnetEngine {
  readonly kind: 'dotnet' | 'mono';
  readonly program: string;
  /** `8.0.11`, `6.8.0.105`. */
  readonly version: string;
  /** Of .NET: its folder on this machine. */
  readonly root?: string;
  readonly mounts: Launch['mounts'];
  readonly variables: Readonly<Record<string, string>>;
}

/** No engine for this function: a sentence for its owner. */
export interface NoEngine {
  readonly kind: 'no-engine';
  readonly reason: string;
}

/** The programs that are looked for; others only in tests. */
export interface DotnetPrograms {
  readonly dotnet: string;
  readonly mono: string;
}

/** What a build asks of the .NET that runs it. */
export interface DotnetNeed {
  /** The version that it was built for: 8. Undefined for .NET Framework and .NET Standard, or when it does not say. */
  readonly major: number | undefined;
  readonly needsAspNet: boolean;
  /** The version that the function's runtime is named after, for a sentence. */
  readonly named: number;
}

/** The function's own variable that decides which engine it gets: `dotnet`, `mono`, or a .NET that is fetched. */
export const ENGINE_VARIABLE = 'MILLRACE_DOTNET';

/** Where a .NET stands in a sandbox that does not see it where it is: its own folder may be where others must not look. */
const MOUNTED_ROOT = '/var/lang/dotnet';
/**
 * At its start .NET opens pipes for debuggers, and without them does not start at all; walls let nobody make such
 * files. The second name is that of .NET Core 3.1.
 */
export const WITHOUT_DEBUGGER = { DOTNET_EnableDiagnostics: '0', COMPlus_EnableDiagnostics: '0' };
/** Code for an older version runs on a newer one when that is all there is. */
const ON_NEWER = { DOTNET_ROLL_FORWARD: 'Major' };
/** .NET does not start without these libraries, unless it is told to do without cultures. */
const WITHOUT_CULTURES = { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
const CULTURES = 'libicuuc.so.';
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'];
/** .NET Core 3.1 does not know today's. */
const OLDEST_CULTURES = 3;
/** What mono reads of this machine beside its own folder; not every distribution has it. */
const MONO_SETTINGS = '/etc/mono';
/** From here on .NET and mono are too far apart. */
const FIRST_WITHOUT_MONO = 5;

/**
 * The ways in which this machine runs .NET: its own .NET, mono, and a .NET that is fetched at its first use.
 */
export class DotnetEngines {
  readonly #brought: BroughtParts;
  readonly #names: DotnetPrograms;
  readonly #bringable: readonly BroughtDotnet[];
  readonly #programs = new InstalledPrograms();

  constructor(
    brought: BroughtParts,
    names: DotnetPrograms = { dotnet: 'dotnet', mono: 'mono' },
    bringable = broughtDotnets(process.arch),
  ) {
    this.#brought = brought;
    this.#names = names;
    this.#bringable = bringable;
  }

  /** By what the function names, else by the rule. */
  async choose(named: string | undefined, need: DotnetNeed): Promise<Result<DotnetEngine, NoEngine>> {
    if (named === undefined) return this.#byRule(need);
    if (named === 'dotnet') return this.#anyDotnet(need);
    if (named === 'mono')
      return (
        (await this.mono()) ?? none('mono is not installed on this machine: apt-get install mono-runtime')
      );
    const asked = this.#bringable.find(({ name }) => name === named);
    if (asked !== undefined) return this.#bring(asked);
    const names = ['dotnet', 'mono', ...this.#bringable.map(({ name }) => name)];
    return none(`${ENGINE_VARIABLE} is ${oneOf(names)} on this machine; it is "${named}".`);
  }

  /** The machine's .NET; mono for what was not built for .NET; a .NET that is fetched; mono for all that is old enough. */
  async #byRule(need: DotnetNeed): Promise<Result<DotnetEngine, NoEngine>> {
    const hasDotnet = (await this.dotnet()) !== undefined;
    if (!hasDotnet && need.major === undefined) {
      const mono = await this.mono();
      if (mono !== undefined) return mono;
    }
    const dotnet = await this.#anyDotnet(need);
    if (dotnet.ok || (need.major ?? 0) >= FIRST_WITHOUT_MONO) return dotnet;
    const isFetchable = this.bringable(need) !== undefined;
    return (await this.mono()) ?? (isFetchable ? dotnet : none(nothingInstalled(need.named)));
  }

  /** The machine's own where it is new enough, else one that is fetched. */
  async #anyDotnet(need: DotnetNeed): Promise<Result<DotnetEngine, NoEngine>> {
    const installed = await this.dotnet();
    if (installed?.ok === true && Number.parseInt(installed.value.version, 10) >= (need.major ?? 0))
      return installed;
    const suiting = this.bringable(need);
    if (suiting !== undefined) return this.#bring(suiting, howToInstall(need.major ?? need.named));
    // Whoever asked learns from its version that it is too old.
    return installed ?? none(this.#nothing(need));
  }

  /** The .NET that would be fetched for such a build. */
  bringable({
    major = 0,
    needsAspNet,
  }: Pick<DotnetNeed, 'major' | 'needsAspNet'>): BroughtDotnet | undefined {
    return this.#bringable.find(
      (each) => each.isChosen && each.major >= major && (each.hasAspNet || !needsAspNet),
    );
  }

  /** The .NET of this machine. */
  async dotnet(): Promise<Result<DotnetEngine, NoEngine> | undefined> {
    const found = await this.#programs.find(dotnetQuestion(this.#names.dotnet));
    if (found === undefined) return undefined;
    const root = dirname(found.path);
    const inside = isShared(root) ? root : MOUNTED_ROOT;
    return ok({
      ...{ kind: 'dotnet', program: join(inside, 'dotnet'), version: found.told, root },
      mounts: isShared(root) ? [] : [{ source: root, target: inside, access: 'read-only' }],
      variables: { ...WITHOUT_DEBUGGER, ...ON_NEWER, DOTNET_ROOT: inside },
    });
  }

  /** The mono of this machine. */
  async mono(): Promise<Result<DotnetEngine, NoEngine> | undefined> {
    const found = await this.#programs.find(monoQuestion(this.#names.mono));
    if (found === undefined) return undefined;
    return ok({
      kind: 'mono',
      program: found.path,
      version: found.told,
      mounts: existsSync(MONO_SETTINGS)
        ? [{ source: MONO_SETTINGS, target: MONO_SETTINGS, access: 'read-only' }]
        : [],
      variables: { MONO_DISABLE_SHARED_AREA: '1' },
    });
  }

  async #bring(wanted: BroughtDotnet, otherwise?: string): Promise<Result<DotnetEngine, NoEngine>> {
    const brought = await wanted.bring(this.#brought);
    if (!brought.ok) {
      const { reason } = brought.failure;
      return none(otherwise === undefined ? reason : `${reason.replace(/\.$/, '')}. Or ${otherwise}`);
    }
    const hasCultures = wanted.major > OLDEST_CULTURES && (await hasCultureLibraries());
    return ok({
      kind: 'dotnet',
      program: `${MOUNTED_ROOT}/dotnet`,
      version: wanted.version,
      root: brought.value,
      mounts: [{ source: brought.value, target: MOUNTED_ROOT, access: 'read-only' }],
      variables: {
        ...{ ...WITHOUT_DEBUGGER, ...ON_NEWER, DOTNET_ROOT: MOUNTED_ROOT },
        ...(!hasCultures && WITHOUT_CULTURES),
      },
    });
  }

  #nothing({ major, named }: DotnetNeed): string {
    const known = this.#bringable.filter(({ isChosen }) => isChosen).map(({ version }) => version);
    if (major === undefined || known.length === 0)
      return `.NET is not installed on this machine: ${howToInstall(major ?? named)}`;
    return `This function is built for .NET ${major}, and what Millrace can fetch is .NET ${known.join(' and ')}: ${howToInstall(major)}`;
  }
}

/** How .NET comes to this machine, for a sentence. */
export function howToInstall(major: number): string {
  return `install dotnet-runtime-${major}.0 from your distribution or Microsoft's packages`;
}

function nothingInstalled(major: number): string {
  return `Neither .NET nor mono is installed on this machine: ${howToInstall(major)}, or, for assemblies built for .NET Standard 2.0 or .NET Framework: apt-get install mono-runtime mono-mcs`;
}

function none(reason: string): { readonly ok: false; readonly failure: NoEngine } {
  return failed({ kind: 'no-engine', reason });
}

function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Inside of what every sandbox sees. */
function isShared(path: string): boolean {
  return path.startsWith('/usr/');
}

async function hasCultureLibraries(): Promise<boolean> {
  const names = await Promise.all(LIBRARIES.map((folder) => readdir(folder).catch(() => [])));
  return names.flat().some((name) => name.startsWith(CULTURES));
}

/** Each line is `Microsoft.NETCore.App 8.0.11 [/usr/lib/dotnet/shared/Microsoft.NETCore.App]`; the newest comes last. */
function dotnetQuestion(name: string): ProgramQuestion<string> {
  return {
    names: [name],
    args: ['--list-runtimes'],
    read: (printed) => {
      const lines = [
        ...printed.matchAll(/^Microsoft\.NETCore\.App (\S+) \[(.+)\/shared\/Microsoft\.NETCore\.App\]$/gm),
      ];
      const [, version, root] = lines.at(-1) ?? [];
      return version && root ? { path: join(root, 'dotnet'), told: version } : undefined;
    },
  };
}

function monoQuestion(name: string): ProgramQuestion<string> {
  return {
    names: ['sh'],
    args: ['-c', 'command -v "$0" && "$0" --version', name],
    read: (printed): InstalledProgram<string> | undefined => {
      const [, path, version] = /^(\/\S+)\n.*version (\S+)/.exec(printed) ?? [];
      return path && version ? { path, told: version } : undefined;
    },
  };
}
