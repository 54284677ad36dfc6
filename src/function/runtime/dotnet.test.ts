import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ManualClock } from '../../base/manual-clock.ts';
import { systemRandom as random } from '../../base/random.ts';
import type { FunctionSettings } from '../function.ts';
import { BroughtParts } from './brought-parts.ts';
import type { DotnetPrograms } from './dotnet-engines.ts';
import type { BroughtDotnet } from './dotnet-parts.ts';
import { dotnetRuntimes } from './dotnet.ts';
import type { Launch, NotLaunchable, Probe } from './runtime.ts';

const NONE: DotnetPrograms = { dotnet: 'no-such-dotnet', mono: 'no-such-mono' };
const LIST = `Microsoft.AspNetCore.App 8.0.11 [/usr/lib/net/shared/Microsoft.AspNetCore.App]
Microsoft.NETCore.App 6.0.36 [/usr/lib/net/shared/Microsoft.NETCore.App]
Microsoft.NETCore.App 8.0.11 [/usr/lib/net/shared/Microsoft.NETCore.App]`;
const SUPPORTED = {
  'Shop.dll': '',
  'Amazon.Lambda.RuntimeSupport.dll': '',
  'Shop.deps.json': '{}',
  'Shop.runtimeconfig.json': '{"runtimeOptions":{"framework":{"version":"8.0.0"}}}',
};

/** Files of a package, or of a machine: a program by its ending `.sh`. */
function folderOf(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dotnet-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return folder;
}

/** Programs that answer as .NET and mono do. */
function machine(context: TestContext, list = LIST): DotnetPrograms {
  const folder = folderOf(context, {
    'dotnet.sh': `#!/bin/sh\ncat <<'END'\n${list}\nEND\n`,
    'mono.sh': '#!/bin/sh\necho "Mono JIT compiler version 6.12.0.200 (tarball)"\n',
  });
  return { dotnet: join(folder, 'dotnet.sh'), mono: join(folder, 'mono.sh') };
}

interface Wanted {
  readonly programs: DotnetPrograms;
  readonly files?: Readonly<Record<string, string>>;
  readonly handler?: string;
  readonly named?: string;
  readonly major?: number;
  /** What may be fetched; nothing unless it is said. */
  readonly bringable?: readonly BroughtDotnet[];
}

/** A .NET to fetch that is made on the spot, or not to be had. */
function bringable(major: 8 | 9, unreachable?: string): BroughtDotnet {
  const version = `${major}.0.1`;
  return {
    ...{ name: `coreclr-${major}.0`, version, major, isChosen: true, hasAspNet: major === 9 },
    origin: `.NET ${version} from a registry`,
    bring: (brought) =>
      brought.ensure({
        name: 'dotnet',
        version,
        line: `fetching .NET ${version}`,
        make: async () => {
          if (unreachable !== undefined) throw new Error(unreachable);
        },
      }),
  };
}

function runtimeFor(
  context: TestContext,
  programs: DotnetPrograms,
  major = 8,
  bringable: readonly BroughtDotnet[] = [],
): ReturnType<typeof dotnetRuntimes>[number] {
  const directory = folderOf(context, {});
  const brought = new BroughtParts({ directory, clock: new ManualClock(0), random, tell: () => undefined });
  const bootstrapFolder = folderOf(context, { 'Program.cs': '' });
  const runtimes = dotnetRuntimes({ brought, bootstrapFolder, programs, bringable });
  return runtimes.find(({ ids }) => ids.includes(`dotnet${major}`)) ?? assert.fail();
}

function launched(context: TestContext, wanted: Wanted): Promise<Launch | NotLaunchable> {
  const { programs, files = SUPPORTED, handler = 'Shop::Shop.F::Run', named, major } = wanted;
  const variables = named === undefined ? {} : { MILLRACE_DOTNET: named };
  const settings = { handler, variables, memorySizeMb: 128, runtime: `dotnet${major ?? 8}` };
  return runtimeFor(context, programs, major, wanted.bringable).launch(
    settings as unknown as FunctionSettings,
    folderOf(context, files),
  );
}

async function commandFor(context: TestContext, wanted: Wanted): Promise<string> {
  const launch = await launched(context, wanted);
  return 'kind' in launch ? launch.reason : launch.command.join(' ');
}

test("with .NET and AWS's client in the package, the command is that of AWS's start script", async (context) => {
  const launch = await launched(context, { programs: machine(context) });
  assert.ok('command' in launch, JSON.stringify(launch));
  const described = '--depsfile /var/task/Shop.deps.json --runtimeconfig /var/task/Shop.runtimeconfig.json';
  const client = '/var/task/Amazon.Lambda.RuntimeSupport.dll Shop::Shop.F::Run';
  assert.equal(launch.command.join(' '), `/usr/lib/net/dotnet exec ${described} ${client}`);
  assert.deepEqual(launch.mounts, []);
  assert.equal(launch.variables['AWS_EXECUTION_ENV'], 'AWS_Lambda_dotnet8');
  assert.equal(launch.variables['DOTNET_GCHeapHardLimit'], (96 * 1_048_576).toString(16));
});

test('a .NET outside of /usr stands where a sandbox can see it, and is told where it is', async (context) => {
  const programs = machine(context, LIST.replaceAll('/usr/lib/net', '/tmp/net'));
  const launch = await launched(context, { programs });
  assert.ok('command' in launch, JSON.stringify(launch));
  assert.equal(launch.command[0], '/var/lang/dotnet/dotnet');
  assert.deepEqual(launch.mounts, [{ source: '/tmp/net', target: '/var/lang/dotnet', access: 'read-only' }]);
  assert.equal(launch.variables['DOTNET_ROOT'], '/var/lang/dotnet');
  assert.match(
    (await runtimeFor(context, programs).probe()).sentence,
    /\.NET 8\.0\.11 at \/tmp\/net\/dotnet,/,
  );
});

test('a description of the build that is missing is told as AWS tells it', async (context) => {
  const { 'Shop.deps.json': _, ...files } = SUPPORTED;
  assert.match(
    await commandFor(context, { programs: machine(context), files }),
    /missing the required \.deps\.json file/,
  );
});

test('an only description counts, whatever its name; of several the one of that name', async (context) => {
  const programs = machine(context);
  const only = { 'Amazon.Lambda.RuntimeSupport.dll': '', 'A.deps.json': '', 'B.runtimeconfig.json': '' };
  assert.match(
    await commandFor(context, { programs, files: only }),
    /A\.deps\.json .*B\.runtimeconfig\.json /,
  );
  const more = { ...SUPPORTED, 'Other.deps.json': '', 'Other.runtimeconfig.json': '' };
  assert.match(
    await commandFor(context, { programs, files: more }),
    /Shop\.deps\.json .*Shop\.runtimeconfig\.json /,
  );
});

test('executable assemblies and native binaries, by a handler without a colon', async (context) => {
  const programs = machine(context);
  const files = { 'App.dll': '', 'Tool.exe': '', 'native.sh': '', plain: '' };
  const command = (handler: string, more: Partial<Wanted> = {}): Promise<string> =>
    commandFor(context, { programs, files, handler, ...more });
  assert.equal(await command('App'), '/usr/lib/net/dotnet exec /var/task/App.dll');
  assert.equal(await command('App.dll'), '/usr/lib/net/dotnet exec /var/task/App.dll');
  assert.equal(await command('Tool', { named: 'mono' }), `${programs.mono} /var/task/Tool.exe`);
  assert.equal(await command('native.sh', { programs: NONE }), '/var/task/native.sh');
  assert.match(await command('plain'), /plain has no execute permission/);
  assert.match(
    await command('Absent'),
    /executable assembly \/var\/task\/Absent\.dll or binary \/var\/task\/Absent not/,
  );
});

test('the rule: what the function names, then .NET, then mono, then a sentence', async (context) => {
  const both = machine(context);
  const files = { 'App.dll': '' };
  const command = (programs: DotnetPrograms, named?: string): Promise<string> =>
    commandFor(context, { programs, files, handler: 'App', ...(named && { named }) });
  assert.equal(await command(both), '/usr/lib/net/dotnet exec /var/task/App.dll');
  assert.equal(await command({ ...both, dotnet: NONE.dotnet }), `${both.mono} /var/task/App.dll`);
  assert.equal(await command(both, 'mono'), `${both.mono} /var/task/App.dll`);
  assert.match(
    await command(NONE),
    /^Neither \.NET nor mono is installed on this machine: install dotnet-runtime-8\.0/,
  );
  assert.match(
    await command(NONE, 'mono'),
    /^mono is not installed on this machine: apt-get install mono-runtime/,
  );
  assert.match(
    await command(NONE, 'dotnet'),
    /^\.NET is not installed on this machine: install dotnet-runtime-8\.0/,
  );
  assert.match(
    await command(both, 'any'),
    /^MILLRACE_DOTNET is dotnet or mono on this machine; it is "any"\.$/,
  );
});

test('without .NET one is fetched: the oldest that runs the build, which says in three ways what it is for', async (context) => {
  const both = [bringable(8), bringable(9)];
  const asked = (version: string, name = 'Microsoft.NETCore.App'): Wanted['files'] => ({
    'App.dll': '',
    'App.runtimeconfig.json': JSON.stringify({ runtimeOptions: { framework: { name, version } } }),
  });
  const builds: [string, Wanted['files'], string][] = [
    ['asked for in its configuration', asked('9.0.0'), '9.0.1'],
    ['described', { 'App.dll': '', 'App.deps.json': '{"name":".NETCoreApp,Version=v9.0"}' }, '9.0.1'],
    ['compiled in', { 'App.dll': '\0.NETCoreApp,Version=v9.0\0' }, '9.0.1'],
    ['older', asked('6.0.0'), '8.0.1'],
    ['of no version', { 'App.dll': '' }, '8.0.1'],
    ['with ASP.NET Core', asked('8.0.0', 'Microsoft.AspNetCore.App'), '9.0.1'],
  ];
  for (const [name, files, version] of builds) {
    const wanted = { programs: NONE, bringable: both, handler: 'App', ...(files && { files }) };
    const launch = await launched(context, wanted);
    assert.ok('command' in launch, JSON.stringify(launch));
    assert.equal(launch.command.join(' '), '/var/lang/dotnet/dotnet exec /var/task/App.dll', name);
    assert.match(launch.mounts[0]?.source ?? '', new RegExp(`/dotnet-${version}$`), name);
    assert.equal(launch.variables['DOTNET_ROLL_FORWARD'], 'Major');
  }
  const newer = { programs: NONE, bringable: both, handler: 'App', files: asked('10.0.0') ?? {} };
  assert.equal(
    await commandFor(context, newer),
    "This function is built for .NET 10, and what Millrace can fetch is .NET 8.0.1 and 9.0.1: install dotnet-runtime-10.0 from your distribution or Microsoft's packages",
  );
});

test('a .NET is fetched after that of the machine and before a mono that would not do', async (context) => {
  const both = machine(context);
  const onlyMono = { ...both, dotnet: NONE.dotnet };
  const command = (programs: DotnetPrograms, built: string, unreachable?: string): Promise<string> =>
    commandFor(context, {
      ...{ programs, handler: 'App', bringable: [bringable(8, unreachable), bringable(9, unreachable)] },
      files: { 'App.dll': built },
    });
  const fetched = '/var/lang/dotnet/dotnet exec /var/task/App.dll';
  assert.equal(await command(both, '.NETCoreApp,Version=v8.0'), '/usr/lib/net/dotnet exec /var/task/App.dll');
  assert.equal(await command(both, '.NETCoreApp,Version=v9.0'), fetched);
  assert.equal(await command(onlyMono, '.NETCoreApp,Version=v3.1'), fetched);
  assert.equal(await command(onlyMono, '.NETStandard,Version=v2.0'), `${both.mono} /var/task/App.dll`);
  // Where nothing can be fetched, mono is tried with what is old enough.
  assert.equal(
    await command(onlyMono, '.NETCoreApp,Version=v3.1', 'no network'),
    `${both.mono} /var/task/App.dll`,
  );
  assert.equal(
    await command(onlyMono, '.NETCoreApp,Version=v8.0', 'no network'),
    "fetching .NET 8.0.1: no network. Or install dotnet-runtime-8.0 from your distribution or Microsoft's packages",
  );
});

test('a build for a newer .NET than there is says which it needs', async (context) => {
  const both = machine(context);
  const files = { ...SUPPORTED, 'Shop.runtimeconfig.json': '{"framework":{"version":"10.0.0"}}' };
  const newer = await commandFor(context, { programs: both, files });
  assert.match(newer, /built for \.NET 10; it would run on \.NET 8\.0\.11: install dotnet-runtime-10\.0/);
  const onMono = await commandFor(context, { programs: both, named: 'mono' });
  assert.match(
    onMono,
    /built for \.NET 8; this machine has only mono 6\.12\.0\.200: install dotnet-runtime-8\.0/,
  );
});

test('the list of runtimes tells what runs them here', async (context) => {
  const both = machine(context);
  const probe = (programs: DotnetPrograms, major: number): Promise<Probe> =>
    runtimeFor(context, programs, major).probe();
  const eight = await probe(both, 8);
  assert.deepEqual([eight.available, eight.isExact], [true, true]);
  assert.match(
    eight.sentence,
    /^\.NET 8\.0\.11 at \/usr\/lib\/net\/dotnet, by Amazon\.Lambda\.RuntimeSupport\.dll where/,
  );
  assert.equal((await probe(both, 10)).isExact, false);
  const mono = await probe({ ...both, dotnet: NONE.dotnet }, 8);
  assert.deepEqual([mono.available, mono.isExact], [true, false]);
  assert.match(
    mono.sentence,
    /^mono 6\.12\.0\.200 at \S+, by our bootstrap, for assemblies of \.NET Standard 2\.0/,
  );
  const none = await probe(NONE, 6);
  assert.equal(none.available, false);
  assert.match(none.sentence, /install dotnet-runtime-6\.0 .*apt-get install mono-runtime mono-mcs/);
  const fetched = await runtimeFor(context, NONE, 8, [bringable(8)]).probe();
  assert.deepEqual([fetched.available, fetched.isExact, fetched.version], [true, true, '8.0.1']);
  assert.match(
    fetched.sentence,
    /^\.NET 8\.0\.1 from a registry, fetched at first use; for its security fixes install/,
  );
  const ten = await runtimeFor(context, NONE, 10, [bringable(8)]).probe();
  assert.match(ten.sentence, /; for code built for \.NET 10 install dotnet-runtime-10\.0/);
});

test('what a program said of itself is asked again when it is another program', async (context) => {
  const programs = machine(context);
  const runtime = runtimeFor(context, { ...programs, dotnet: NONE.dotnet });
  assert.match((await runtime.probe()).sentence, /6\.12/);
  writeFileSync(programs.mono, '#!/bin/sh\necho "Mono JIT compiler version 6.14.0.1 (tarball)"; exit\n');
  chmodSync(programs.mono, 0o755);
  assert.match((await runtime.probe()).sentence, /6\.14/);
});
