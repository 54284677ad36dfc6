import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { unzipSync } from 'fflate';
import { dotnetContent, holdsDotnetProject } from './dotnet.ts';

const DEFAULTS = '{ "function-runtime": "dotnet10", "function-handler": "Shop::Shop.F::Run", "other": 1 }';
const NONE = { dotnet: 'no-such-dotnet', mcs: 'no-such-mcs' };

function project(context: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-project-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o755 });
  return folder;
}

/** A program in the place of a builder: writes its words into the file that it is to make. */
const builder = (text: string): string => `#!/bin/sh\n${text}\n`;
const SDK = builder(`case $1 in
--list-sdks) echo '8.0.100 [/usr/lib/dotnet/sdk]' ;;
publish) mkdir -p "$6" && echo "$*" > "$6/Shop.dll" ;;
esac`);
const MCS = builder('for word; do case $word in -out:*) echo "$*" > "${word#-out:}" ;; esac; done');

test('a project is published by the SDK where there is one', async (context) => {
  const folder = project(context, {
    ...{ 'Shop.csproj': '<Project><PackageReference Include="A" /></Project>', sdk: SDK },
    'aws-lambda-tools-defaults.json': DEFAULTS,
  });
  assert.equal(holdsDotnetProject(folder), true);
  const content = await dotnetContent(folder, () => {}, { ...NONE, dotnet: join(folder, 'sdk') });
  assert.ok(content.ok, JSON.stringify(content));
  assert.deepEqual(content.value.guess, {
    ok: true,
    value: { runtime: 'dotnet10', handler: 'Shop::Shop.F::Run' },
  });
  const { 'Shop.dll': made, ...others } = unzipSync(content.value.zip);
  assert.deepEqual(others, {});
  assert.match(Buffer.from(made ?? []).toString(), /^publish Shop\.csproj -c Release -o \S+\/bin\/function /);
});

test('without the SDK a project without packages is compiled by mcs', async (context) => {
  const program = '<Project><AssemblyName>Named</AssemblyName><OutputType>Exe</OutputType></Project>';
  const folder = project(context, { 'Shop.csproj': program, 'Main.cs': '', 'readme.txt': '', mcs: MCS });
  const content = await dotnetContent(folder, () => {}, { ...NONE, mcs: join(folder, 'mcs') });
  assert.ok(content.ok, JSON.stringify(content));
  assert.deepEqual(content.value.guess, { ok: true, value: { runtime: 'dotnet8', handler: 'Named' } });
  const made = unzipSync(content.value.zip)['Named.dll'];
  assert.match(Buffer.from(made ?? []).toString(), /^-nologo -target:exe -out:\S+\/Named\.dll Main\.cs$/m);
});

const refused: Readonly<Record<string, { file: string; text: string; what: RegExp }>> = {
  'packages without the SDK': {
    ...{ file: 'Shop.csproj', text: '<Project><PackageReference Include="A" /></Project>' },
    what: /^Shop\.csproj needs NuGet packages, and they need the \.NET SDK \(dotnet-sdk-8\.0/,
  },
  'F# without the SDK': {
    file: 'Shop.fsproj',
    text: '<Project />',
    what: /^Shop\.fsproj needs the \.NET SDK/,
  },
  'no builder at all': {
    file: 'Shop.csproj',
    text: '<Project />',
    what: /is built by the \.NET SDK .*apt-get install mono-mcs/,
  },
};

for (const [name, { file, text, what }] of Object.entries(refused)) {
  test(`told in a sentence: ${name}`, async (context) => {
    const told: string[] = [];
    const tell = (line: string): void => void told.push(line);
    const content = await dotnetContent(project(context, { [file]: text }), tell, NONE);
    assert.ok(!content.ok);
    assert.deepEqual(told, []);
    assert.match(content.failure.what, what);
  });
}

test("the compiler's errors are shown, and a library without a handler says how to name it", async (context) => {
  const broken = builder('echo "F.cs(1,2): error CS1525: Unexpected symbol" >&2; echo other; exit 1');
  const folder = project(context, { 'Shop.csproj': '<Project />', mcs: MCS, broken });
  const wrong = await dotnetContent(folder, () => {}, { ...NONE, mcs: join(folder, 'broken') });
  assert.ok(!wrong.ok);
  assert.match(wrong.failure.what, /^mcs failed in \S+:\nF\.cs\(1,2\): error CS1525: Unexpected symbol$/);
  const content = await dotnetContent(folder, () => {}, { ...NONE, mcs: join(folder, 'mcs') });
  assert.ok(content.ok && !content.value.guess.ok);
  assert.match(content.value.guess.failure.what, /--handler \(Shop::Namespace\.Class::Method\)/);
});
