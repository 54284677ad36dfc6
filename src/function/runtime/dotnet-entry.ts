import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TASK_ROOT } from './runtime.ts';

/** What a handler of a .NET function names. */
export type DotnetEntry =
  /** `Assembly::Namespace.Class::Method`. */
  | { readonly kind: 'class-library'; readonly assembly: string }
  /** An assembly with a main method, which asks for its events itself. `file` is inside the package. */
  | { readonly kind: 'executable-assembly'; readonly assembly: string; readonly file: string }
  /** A program that needs no .NET: compiled ahead of time, or with a .NET of its own. */
  | { readonly kind: 'native-binary'; readonly file: string }
  /** A sentence for the function's owner. */
  | { readonly kind: 'none'; readonly reason: string };

/** Files that a build puts beside an assembly. Paths inside the sandbox; undefined where there is none. */
export interface BuildFiles {
  readonly dependencies: string | undefined;
  readonly runtimeConfig: string | undefined;
  /** The .NET version that it was built for: 8. Undefined for .NET Framework and .NET Standard, or when nothing says it. */
  readonly major: number | undefined;
  /** Whether it wants ASP.NET Core beside .NET itself. */
  readonly needsAspNet: boolean;
  /** Whether AWS's own client is part of the package. */
  readonly hasRuntimeSupport: boolean;
}

/** AWS's client for .NET, as a file of a package. */
export const RUNTIME_SUPPORT = 'Amazon.Lambda.RuntimeSupport.dll';

/** Reads a handler as AWS's start script does: with a colon a class library, otherwise a file of the package. */
export async function entryOf(handler: string, folder: string): Promise<DotnetEntry> {
  const colon = handler.indexOf(':');
  if (colon >= 0) return { kind: 'class-library', assembly: handler.slice(0, colon) };
  const assembly = handler.replace(/\.(?:dll|exe)$/, '');
  for (const file of [`${assembly}.dll`, `${assembly}.exe`]) {
    if (await isFile(join(folder, file))) return { kind: 'executable-assembly', assembly, file };
  }
  const binary = join(folder, handler);
  if (!(await isFile(binary))) {
    const [dll, program] = [`${TASK_ROOT}/${assembly}.dll`, `${TASK_ROOT}/${handler}`];
    return { kind: 'none', reason: `executable assembly ${dll} or binary ${program} not found.` };
  }
  const mayRun = await access(binary, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (mayRun) return { kind: 'native-binary', file: handler };
  return {
    kind: 'none',
    reason: `${TASK_ROOT}/${handler} has no execute permission. Run chmod +x ${handler} before zipping.`,
  };
}

/** What stands beside `assembly`: files of its name, else the only ones of their kind. */
export async function buildFiles(assembly: string, folder: string): Promise<BuildFiles> {
  const names = await readdir(folder);
  const find = (ending: string): string | undefined => {
    if (names.includes(assembly + ending)) return assembly + ending;
    const all = names.filter((name) => name.endsWith(ending));
    return all.length === 1 ? all[0] : undefined;
  };
  const config = find('.runtimeconfig.json');
  const dependencies = find('.deps.json');
  const read = (name: string | undefined): Promise<string> =>
    name === undefined ? Promise.resolve('') : readFile(join(folder, name), 'latin1');
  const [configured, described] = await Promise.all([read(config), read(dependencies)]);
  return {
    dependencies: dependencies && `${TASK_ROOT}/${dependencies}`,
    runtimeConfig: config && `${TASK_ROOT}/${config}`,
    major:
      versionAskedFor(configured) ??
      versionBuiltFor(described) ??
      versionBuiltFor(await read(names.find((name) => isAssembly(name, assembly)))),
    needsAspNet: ASP_NET.test(configured),
    hasRuntimeSupport: names.includes(RUNTIME_SUPPORT),
  };
}

const ASP_NET = /"name"\s*:\s*"Microsoft\.AspNetCore\.App"/;

function isAssembly(name: string, assembly: string): boolean {
  return name === `${assembly}.dll` || name === `${assembly}.exe`;
}

/** The highest version that a runtimeconfig.json asks for. */
function versionAskedFor(text: string): number | undefined {
  const found = [...text.matchAll(/"version"\s*:\s*"(\d+)\./g)].map(([, major]) => Number(major));
  return found.length === 0 ? undefined : Math.max(...found);
}

/** A compiler writes into the assembly, and a build into its deps.json, which framework it was for. */
function versionBuiltFor(text: string): number | undefined {
  const major = /\.NETCoreApp,Version=v(\d+)\./.exec(text)?.[1];
  return major === undefined ? undefined : Number(major);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
