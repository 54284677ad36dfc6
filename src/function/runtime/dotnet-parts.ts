import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BroughtPart } from './brought-parts.ts';

/** The file of our bootstrap, in the folder of its part; beside it what .NET wants to know where a package says nothing. */
export const BOOTSTRAP = 'Millrace.Bootstrap.dll';
export const BOOTSTRAP_CONFIG = 'Millrace.Bootstrap.runtimeconfig.json';

const LIMIT_MS = 180_000;
const OLD_CORECLR = {
  version: '3.1.23',
  sha256: '5f076ddc39da0c685e7de20ecb91ee81185928918ec86fbeb3bffc55dd867ab5',
};

/** The .NET Core 3.1 that PyPI has: for trying what runs on .NET where there is none, not for users. */
export const oldCoreClr: BroughtPart = {
  name: 'dotnetcore2',
  version: OLD_CORECLR.version,
  line: `dotnet: fetching dotnetcore2 ${OLD_CORECLR.version} from PyPI (.NET Core 3.1, whose support has ended)`,
  make: async (folder, signal) => {
    const wanted = join(folder, 'requirements.txt');
    await writeFile(wanted, `dotnetcore2==${OLD_CORECLR.version} --hash=sha256:${OLD_CORECLR.sha256}\n`);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'];
    const limits = ['--timeout', '20', '--retries', '1', '--only-binary', ':all:', '--require-hashes'];
    await run('python3', [...pip, ...limits, '--target', folder, '-r', wanted], signal);
    await rm(wanted);
  },
};

/** Our bootstrap for this machine: compiled from the sources in `folder`, and compiled again when they change. */
export async function bootstrapPart(folder: string): Promise<BroughtPart> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cs')).toSorted();
  const files = names.map((name) => join(folder, name));
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  return {
    name: 'millrace-dotnet-bootstrap',
    version: hash.digest('hex').slice(0, 16),
    line: 'dotnet: compiling the bootstrap by mcs',
    make: async (target, signal) => {
      await run('mcs', ['-nologo', `-out:${join(target, BOOTSTRAP)}`, ...files], signal);
      const framework = { name: 'Microsoft.NETCore.App', version: '3.1.0' };
      await writeFile(join(target, BOOTSTRAP_CONFIG), JSON.stringify({ runtimeOptions: { framework } }));
    },
  };
}

function run(program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { timeout: LIMIT_MS, cwd: '/', ...(signal && { signal }) },
      (error, _printed, complaint) => {
        if (error === null) resolve();
        else if (error.code === 'ENOENT') reject(new Error(MISSING[program]));
        else reject(new Error(`${program}: ${complaint.trim().split('\n').at(-1) || error.message}`));
      },
    );
  });
}

const MISSING: Readonly<Record<string, string>> = {
  mcs: 'the C# compiler is missing: apt-get install mono-mcs',
  python3: 'Python is missing: apt-get install python3 python3-pip',
};
