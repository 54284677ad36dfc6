import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../src/base/clock.ts';
import { systemRandom as random } from '../../src/base/random.ts';
import { BroughtParts } from '../../src/function/runtime/brought-parts.ts';
import { SDK, SDK_VERSION } from '../../src/function/runtime/dotnet-bootstrap.ts';
import { broughtDotnets, type BroughtDotnet } from '../../src/function/runtime/dotnet-parts.ts';
import { unpackNpm } from '../../src/function/runtime/part-tools.ts';
import { madeOnce, type Made } from '../conformance/clients/made-once.ts';

/**
 * What an SDK wants here: it runs on a newer .NET than its own, which knows today's OpenSSL; no process of it is left
 * behind; nothing is told to its makers.
 */
export const SDK_VARIABLES: Readonly<Record<string, string>> = {
  DOTNET_ROLL_FORWARD: 'Major',
  DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1',
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  MSBUILDDISABLENODEREUSE: '1',
  UseSharedCompilation: 'false',
};

/** The folder of a .NET that is fetched, in the cache of this user. */
export async function fetchedDotnet(name: BroughtDotnet['name']): Promise<string> {
  const wanted = broughtDotnets('x64').find((each) => each.name === name);
  const directory = join(homedir(), '.cache', 'millrace');
  const brought = new BroughtParts({ directory, random, clock: new SystemClock(), tell: () => undefined });
  const made = await wanted?.bring(brought);
  if (made?.ok !== true) throw new Error(made?.failure.reason ?? `there is no ${name}`);
  return made.value;
}

/** A .NET with an SDK, as a machine has it: C#, F# and Visual Basic; what brings NuGet packages cannot be reached. */
export function dotnetWithSdk(): Promise<Made> {
  return madeOnce(`dotnet-8.0.4-sdk-${SDK_VERSION}`, '.NET SDK', async (folder) => {
    await cp(await fetchedDotnet('coreclr-8.0'), folder, { recursive: true });
    await unpackNpm(SDK, ['sdk', 'packs'], { folder, signal: undefined });
  });
}

/** What of a framework holds code for .NET, without what is of use on Windows alone. */
const ASSEMBLY = /\/(System|Microsoft\.(AspNetCore|Extensions))\.[^/]*\.dll$/;

/** Compiles C# by the SDK in `root` against the assemblies of `frameworks`, and nothing else. */
export function compileAgainst(
  root: string,
  frameworks: readonly string[],
  { source, output }: { readonly source: string; readonly output: string },
): void {
  const compiler = join(root, 'sdk', SDK_VERSION, 'Roslyn', 'bincore', 'csc.dll');
  const words = ['-nologo', '-nostdlib', '-target:library', `-out:${output}`, source];
  const assemblies = frameworks.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const uses = assemblies.filter((path) => ASSEMBLY.test(path)).map((path) => `-r:${path}`);
  const wordsFile = `${output}.rsp`;
  writeFileSync(wordsFile, [...words, ...uses].join('\n'));
  execFileSync(join(root, 'dotnet'), ['exec', compiler, '-noconfig', `@${wordsFile}`], {
    env: { ...process.env, ...SDK_VARIABLES },
  });
}
