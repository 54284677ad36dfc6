import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a description of dependencies says of one package: files by their names. */
interface Pack {
  readonly runtime?: Readonly<Record<string, unknown>>;
  readonly native?: Readonly<Record<string, unknown>>;
}

interface Dependencies {
  readonly runtimeTarget: { readonly name: string };
  readonly targets: Readonly<Record<string, Readonly<Record<string, Pack>>>>;
}

const CORE = 'Microsoft.NETCore.App';
/** The finder of frameworks: in every installation it stands outside of them. */
const RESOLVER = 'libhostfxr.so';

/**
 * Makes an installation of .NET of a program that was published with one of its own (`--self-contained`): moves the files
 * of each framework that the program's description names, and those alone, from `program` to where .NET looks for them
 * below `folder`.
 */
export async function moveFrameworks(program: string, description: string, folder: string): Promise<void> {
  const told = JSON.parse(await readFile(join(program, description), 'utf8')) as Dependencies;
  const target = told.runtimeTarget.name;
  for (const [key, pack] of Object.entries(told.targets[target] ?? {})) {
    const [, name, version] = /^runtimepack\.(Microsoft\.\w+\.App)\.Runtime\.[^/]+\/(.+)$/.exec(key) ?? [];
    if (name === undefined || version === undefined) continue;
    await moveFramework({ name, version, target, pack }, program, folder);
  }
}

interface Framework {
  readonly name: string;
  readonly version: string;
  readonly target: string;
  readonly pack: Pack;
}

async function moveFramework(framework: Framework, program: string, folder: string): Promise<void> {
  const { name, version, pack } = framework;
  const home = join(folder, 'shared', name, version);
  await mkdir(home, { recursive: true });
  for (const file of Object.keys({ ...pack.runtime, ...pack.native })) {
    const to = file === RESOLVER ? join(folder, 'host', 'fxr', version) : home;
    await mkdir(to, { recursive: true });
    await rename(join(program, file), join(to, file));
  }
  await writeFile(join(home, `${name}.deps.json`), JSON.stringify(ownDescription(framework)));
  if (name === CORE) return;
  // Every other framework stands on that one.
  const runtimeOptions = { framework: { name: CORE, version } };
  await writeFile(join(home, `${name}.runtimeconfig.json`), JSON.stringify({ runtimeOptions }));
}

/** What .NET reads of a framework's files: one that it does not name is not found. */
function ownDescription({ name, version, target, pack }: Framework): object {
  const key = `${name}/${version}`;
  const { [RESOLVER]: _, ...native } = pack.native ?? {};
  return {
    runtimeTarget: { name: target, signature: '' },
    targets: { [target]: { [key]: { runtime: pack.runtime ?? {}, native } } },
    libraries: { [key]: { type: 'package', serviceable: true, sha512: '' } },
  };
}
