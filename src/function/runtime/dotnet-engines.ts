import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failed, ok, type Result } from '../../base/result.ts';
import type { BroughtParts } from './brought-parts.ts';
import { oldCoreClr } from './dotnet-parts.ts';
import { InstalledPrograms, type InstalledProgram, type ProgramQuestion } from './installed-program.ts';
import type { Launch } from './runtime.ts';

/** What runs .NET assemblies here. Paths are those inside the sandbox. */
export interface DotnetEngine {
  readonly kind: 'dotnet' | 'mono';
  readonly program: string;
  /** `8.0.11`, `6.8.0.105`. */
  readonly version: string;
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

/** The function's own variable that decides which engine it gets: `dotnet`, `mono`, or `coreclr-3.1`. */
export const ENGINE_VARIABLE = 'MILLRACE_DOTNET';

const OLD_CORECLR_FOLDER = '/var/lang/dotnet';
/**
 * At its start .NET opens pipes for debuggers, and without them does not start at all; walls let nobody make such
 * files. The second name is that of .NET Core 3.1.
 */
export const WITHOUT_DEBUGGER = { DOTNET_EnableDiagnostics: '0', COMPlus_EnableDiagnostics: '0' };
/** What mono reads of this machine beside its own folder; not every distribution has it. */
const MONO_SETTINGS = '/etc/mono';

/**
 * The ways in which this machine runs .NET: its own .NET; mono; and, only where a function asks for it by name, the
 * .NET Core 3.1 that PyPI has, whose support has ended.
 */
export class DotnetEngines {
  readonly #brought: BroughtParts;
  readonly #names: DotnetPrograms;
  readonly #programs = new InstalledPrograms();

  constructor(brought: BroughtParts, names: DotnetPrograms = { dotnet: 'dotnet', mono: 'mono' }) {
    this.#brought = brought;
    this.#names = names;
  }

  /** By the rule: what the function names; else .NET; else mono. `major` is the .NET version that it needs. */
  async choose(named: string | undefined, major: number): Promise<Result<DotnetEngine, NoEngine>> {
    switch (named) {
      case 'coreclr-3.1':
        return this.#oldCoreClr();
      case 'mono':
        return (
          (await this.mono()) ?? none('mono is not installed on this machine: apt-get install mono-runtime')
        );
      case 'dotnet':
        return (await this.dotnet()) ?? none(`.NET is not installed on this machine: ${howToInstall(major)}`);
      case undefined:
        return (await this.dotnet()) ?? (await this.mono()) ?? none(nothingInstalled(major));
      default:
        return none(`${ENGINE_VARIABLE} is dotnet, mono or coreclr-3.1; it is "${named}".`);
    }
  }

  /** The .NET of this machine. */
  async dotnet(): Promise<Result<DotnetEngine, NoEngine> | undefined> {
    const found = await this.#programs.find(dotnetQuestion(this.#names.dotnet));
    if (found === undefined) return undefined;
    const root = dirname(found.path);
    return ok({
      kind: 'dotnet',
      program: found.path,
      version: found.told,
      mounts: isShared(root) ? [] : [{ source: root, target: root, access: 'read-only' }],
      // Code for an older version runs on a newer one when that is all there is.
      variables: { ...WITHOUT_DEBUGGER, DOTNET_ROOT: root, DOTNET_ROLL_FORWARD: 'Major' },
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

  async #oldCoreClr(): Promise<Result<DotnetEngine, NoEngine>> {
    const brought = await this.#brought.ensure(oldCoreClr);
    if (!brought.ok) return none(brought.failure.reason);
    return ok({
      kind: 'dotnet',
      program: `${OLD_CORECLR_FOLDER}/dotnet`,
      version: oldCoreClr.version,
      mounts: [
        {
          source: join(brought.value, 'dotnetcore2', 'bin'),
          target: OLD_CORECLR_FOLDER,
          access: 'read-only',
        },
      ],
      variables: {
        ...WITHOUT_DEBUGGER,
        DOTNET_ROOT: OLD_CORECLR_FOLDER,
        // It knows no newer ICU.
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
      },
    });
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

/** Inside of what every sandbox sees. */
function isShared(path: string): boolean {
  return path.startsWith('/usr/');
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
