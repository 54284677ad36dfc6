import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CompiledFiles } from './csharp.ts';
import { RealFunctions, type Brought } from './functions.ts';
import { filesOfPackage, missingPackages } from './packages.ts';

const PACKAGES = ['mono-mcs', 'mono-runtime', 'libnewtonsoft-json5.0-cil'];
const skip = missingPackages(PACKAGES, ['mcs', '--version']);
const notHere =
  process.arch === 'x64'
    ? missingPackages(['python3-pip'], ['python3', '-m', 'pip', '--version'])
    : 'x86-64 only';
const skips: Readonly<Record<string, string | false>> = {
  mono: skip,
  'coreclr-3.1': skip || notHere,
  'coreclr-8.0': skip || notHere,
  'coreclr-9.0': skip || notHere,
};

let functions: RealFunctions;
let compiled: CompiledFiles;
let shop: Brought['files'];
let program: Uint8Array;
before(async () => {
  if (skip !== false) return;
  functions = await RealFunctions.start();
  compiled = new CompiledFiles();
  const core = compiled.csharp('LambdaCore.cs', 'Amazon.Lambda.Core.dll', 'library');
  const library = compiled.csharp('Shop.cs', 'Shop.dll', 'library', ['Amazon.Lambda.Core.dll']);
  shop = { 'Shop.dll': library, 'Amazon.Lambda.Core.dll': core };
  program = compiled.csharp('Program.cs', 'App.dll', 'exe');
});
after(async () => {
  await functions?.[Symbol.asyncDispose]();
  compiled?.[Symbol.dispose]();
});

const FRAMEWORK = { name: 'Microsoft.NETCore.App', version: '3.1.0' };
const CONFIG = JSON.stringify({ runtimeOptions: { framework: FRAMEWORK } });
const TARGET = '.NETCoreApp,Version=v3.1';
/** As a build writes it. */
const DEPENDENCIES = JSON.stringify({
  runtimeTarget: { name: TARGET, signature: '' },
  targets: { [TARGET]: { 'Shop/1.0.0': { runtime: { 'Shop.dll': {} } } } },
  libraries: { 'Shop/1.0.0': { type: 'project', serviceable: false, sha512: '' } },
});

for (const [engine, why] of Object.entries(skips)) {
  const on = { skip: why };
  const variables = { MILLRACE_DOTNET: engine };
  const brought = (method: string, more: Partial<Brought> = {}): Brought => ({
    ...{ runtime: 'dotnet8', handler: `Shop::Shop.Functions::${method}`, files: shop, variables },
    ...more,
  });

  test(`${engine}: a method takes and answers objects, streams, texts, tasks or nothing`, on, async () => {
    const answers: [string, unknown, unknown][] = [
      ['Poco', { name: 'Ünal "x"', amount: 3 }, { Name: 'Ünal "x"!', Amount: 6 }],
      ['Raw', { any: ['thing', 1] }, { any: ['thing', 1] }],
      ['Text', 'né', 'né!'],
      ['Later', 'much', 'much later'],
      ['Nothing', { name: 'Ada' }, null],
    ];
    for (const [method, event, expected] of answers) {
      const { payload, isError } = await functions.run(brought(method), event);
      assert.deepEqual({ payload, isError }, { payload: expected, isError: false }, method);
    }
  });

  test(`${engine}: of a batch, only the record that the function reports comes again`, on, async () => {
    const { dead, left, log } = await functions.handle(brought('Charge'), ['1', 'no number', '3']);
    assert.deepEqual({ dead, left }, { dead: 'no number', left: 0 });
    assert.equal(log.match(/charged 1"/g)?.length, 1, log);
    assert.equal(log.match(/charged 3"/g)?.length, 1, log);
  });

  test(`${engine}: the context is an object of the function's own interface`, on, async () => {
    const name = await functions.create(brought('Told'));
    const client = { custom: { colour: 'red' }, client: { app_title: 'Shop' }, env: {} };
    const { payload, log } = await functions.invoke(name, { name: 'a' }, client);
    assert.deepEqual(payload, {
      ...{ function: name, version: '$LATEST', memory: '512', request: '36' },
      arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      group: `/aws/lambda/${name}`,
      ...{ hasStream: 'True', hasTime: 'True', identity: 'none', client: 'red in Shop' },
      runtime: 'AWS_Lambda_dotnet8',
    });
    assert.match(log, /\tinfo\tby the logger$/m);
    const without = await functions.invoke(name, { name: 'a' });
    assert.equal((without.payload as { client: string }).client, 'none');
  });

  test(`${engine}: what is printed is in the log with time, request and level`, on, async () => {
    const { log } = await functions.run(brought('Prints'));
    const request = /START RequestId: (\S+)/.exec(log)?.[1] ?? 'none';
    for (const line of ['info\tto the output', 'fail\tto the error output', 'info\twithout an end']) {
      assert.match(log, new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\t${request}\t${line}$`, 'm'), log);
    }
    const json = await functions.run(brought('Prints', { logFormat: 'JSON' }));
    const lines = json.log.split('\n').filter((line) => line.startsWith('{"timestamp"'));
    const told = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const pairs = told.map(({ level, message }) => [level, message]);
    assert.deepEqual(pairs, [
      ['Information', 'to the output'],
      ['Error', 'to the error output'],
      ['Information', 'without an end'],
    ]);
    assert.match(told[0]?.['requestId'] ?? '', /^[0-9a-f-]{36}$/);
    const above = await functions.run(brought('Prints', { logFormat: 'JSON', logLevel: 'WARN' }));
    assert.match(above.log, /to the error output/);
    assert.doesNotMatch(above.log, /to the output/);
  });

  test(`${engine}: a thrown exception is told with its type, its trace and its cause`, on, async () => {
    const told = await functions.failure(brought('Throws'), { name: 'Ada' });
    assert.equal(told.errorType, 'InvalidOperationException');
    assert.equal(told.errorMessage, 'no budget for Ada');
    assert.match(told.stackTrace?.[0] ?? '', /^at Shop\.Functions\.Throws ?\(/);
    assert.equal(told.stackTrace?.length, 1, JSON.stringify(told));
    assert.match(JSON.stringify(told), /"cause":\{"errorType":"FormatException","errorMessage":"no number"/);
    assert.match(told.log, /\tfail\tSystem\.InvalidOperationException: no budget for Ada$/m);
    const later = await functions.failure(brought('ThrowsLater'), 'x');
    assert.deepEqual([later.errorType, later.errorMessage], ['ArgumentException', 'too late']);
  });

  test(`${engine}: after an exception the same object serves the next invocation`, on, async () => {
    const name = await functions.create(brought('Count'));
    assert.equal((await functions.invoke(name)).isError, true);
    assert.equal((await functions.invoke(name)).payload, 2);
  });

  test(`${engine}: the serializer that the function names goes first`, on, async () => {
    const { payload } = await functions.run(brought('Reversed'), 'abc');
    assert.deepEqual(payload, ['<cba>']);
  });

  test(`${engine}: a handler that cannot be is told in AWS's words`, on, async () => {
    const wrong: [string, string, RegExp][] = [
      [
        'Absent::A.B::C',
        'LambdaValidationException',
        /^Could not find the specified handler assembly with the file name 'Absent, /,
      ],
      [
        'Shop::Shop.Absent::C',
        'LambdaValidationException',
        /^Unable to load type 'Shop.Absent' from assembly 'Shop'\.$/,
      ],
      [
        'Shop::Shop.Functions::C',
        'LambdaValidationException',
        /^Unable to find method 'C' in type 'Shop.Functions' from assembly 'Shop': Found no/,
      ],
      ['Shop::Shop.Functions::Two', 'LambdaValidationException', /appears to have a number of overloads/],
      ['Shop::Shop.Functions::Forgets', 'LambdaValidationException', /because it is an 'async void' method/],
      [
        'Shop::Shop.Functions',
        'LambdaValidationException',
        /^Invalid lambda function handler: 'Shop::Shop.Functions'\. The valid format is/,
      ],
      ['Shop::::C', 'LambdaValidationException', /the type is missing/],
      ['Shop::Shop.Unmakeable::Text', 'InvalidOperationException', /^cannot be made$/],
    ];
    for (const [handler, type, message] of wrong) {
      const told = await functions.failure(brought('', { handler }), {});
      assert.equal(told.errorType, type, JSON.stringify(told));
      assert.match(told.errorMessage, message);
    }
  });

  test(`${engine}: garbage is collected before memory ends; hoarding ends the invocation`, on, async () => {
    const { payload } = await functions.run(brought('Garbage'), 2048);
    assert.equal(payload, engine === 'mono' ? 'mono' : '.NET');
    const name = await functions.create(brought('Hoard'));
    const { payload: told, isError } = await functions.invoke(name, 1024);
    assert.ok(isError, JSON.stringify(told));
    const { errorType } = told as { errorType: string };
    assert.ok(['OutOfMemoryException', 'Runtime.OutOfMemory'].includes(errorType), JSON.stringify(told));
    assert.equal((await functions.invoke(name, 1)).payload, 1);
  });

  test(`${engine}: an executable assembly asks for its events itself`, on, async () => {
    const files = { 'App.dll': program, 'App.runtimeconfig.json': CONFIG };
    const name = await functions.create(brought('', { handler: 'App', files }));
    for (const n of [1, 2]) {
      const { payload, log } = await functions.invoke(name, { n });
      assert.deepEqual(payload, { program: '', event: { n } });
      assert.match(log, new RegExp(`^got \\{"n":${n}\\}$`, 'm'));
    }
  });
}

test(
  'a library as a build lays it out, with its description, runs by our bootstrap',
  { skip: skips['coreclr-8.0'] ?? false },
  async () => {
    const files = { ...shop, 'Shop.runtimeconfig.json': CONFIG, 'Shop.deps.json': DEPENDENCIES };
    const variables = { MILLRACE_DOTNET: 'coreclr-8.0' };
    const handler = 'Shop::Shop.Functions::Text';
    const { payload } = await functions.run({ runtime: 'dotnet10', handler, files, variables }, 'x');
    assert.equal(payload, 'x!');
  },
);

test(
  "AWS's own client is used where the package has it and .NET runs it",
  { skip: skips['coreclr-8.0'] ?? false },
  async () => {
    const handler = 'Shop::Shop.Functions::Text';
    const variables = { MILLRACE_DOTNET: 'coreclr-8.0' };
    // In the place of AWS's client stands a program that answers with the words it was started with.
    const files = { ...shop, 'Amazon.Lambda.RuntimeSupport.dll': program, 'Shop.runtimeconfig.json': CONFIG };
    const described = { ...files, 'Shop.deps.json': DEPENDENCIES };
    const { payload } = await functions.run(
      { runtime: 'dotnet8', handler, files: described, variables },
      'x',
    );
    assert.deepEqual(payload, { program: handler, event: 'x' });
    const told = await functions.failure({ runtime: 'dotnet8', handler, files, variables });
    assert.match(told.errorMessage, /missing the required \.deps\.json file/);
  },
);

test('the example in C# is built and deployed by one command', { skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-example-'));
  context.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(import.meta.dirname, '..', '..', 'examples', 'csharp'), folder, { recursive: true });
  const said = await functions.command('deploy', folder, '--name', 'csharp', '--queue', 'greetings');
  assert.match(said, /Building with[\s\S]*csharp is ready\./);
  const { payload } = await functions.invoke('csharp', { name: 'Grace' });
  assert.equal((payload as { greeting: string }).greeting, 'Hello, Grace!');
  await functions.sendUntil('greetings', 'Ada', 'csharp', 'Hello, Ada!');
});

test('a native binary needs no .NET', { skip }, async () => {
  const files = { app: [compiled.c('native.c', 'app'), { os: 3, attrs: 0o100755 * 65_536 }] as const };
  const { payload, log } = await functions.run({
    runtime: 'dotnet8',
    handler: 'app',
    files: { ...files, app: [...files.app] },
  });
  assert.equal(payload, 'native');
  assert.match(log, /^answering$/m);
});

test(
  'a library that others compiled runs as a function: JToken.Parse of Newtonsoft.Json',
  { skip },
  async () => {
    const found = filesOfPackage('libnewtonsoft-json5.0-cil');
    const [, bytes] = [...found].find(([path]) => path.endsWith('/Newtonsoft.Json.dll')) ?? assert.fail();
    const handler = 'Newtonsoft.Json::Newtonsoft.Json.Linq.JToken::Parse';
    const files = { 'Newtonsoft.Json.dll': bytes };
    const { payload } = await functions.run(
      { runtime: 'dotnet6', handler, files, variables: { MILLRACE_DOTNET: 'mono' } },
      '{"a": [1, 2]}',
    );
    assert.deepEqual(payload, { a: [1, 2] });
  },
);

test('what cannot be run here is told in a sentence', { skip }, async () => {
  const handler = 'Shop::Shop.Functions::Text';
  const built = (version: string): Brought['files'] => ({
    ...shop,
    'Shop.runtimeconfig.json': JSON.stringify({ runtimeOptions: { framework: { ...FRAMEWORK, version } } }),
  });
  const wrong: [Partial<Brought>, RegExp][] = [
    [
      { handler: 'Nothing' },
      /executable assembly \/var\/task\/Nothing\.dll or binary \/var\/task\/Nothing not found/,
    ],
    [
      { handler: 'app', files: { app: 'text' } },
      /\/var\/task\/app has no execute permission\. Run chmod \+x app/,
    ],
    [
      { variables: { MILLRACE_DOTNET: 'other' } },
      /MILLRACE_DOTNET is dotnet, mono.* on this machine; it is "other"/,
    ],
    [
      { files: built('8.0.0'), variables: { MILLRACE_DOTNET: 'mono' } },
      /built for \.NET 8; this machine has only mono .*: install dotnet-runtime-8\.0/,
    ],
  ];
  for (const [more, message] of wrong) {
    const told = await functions.failure({ runtime: 'dotnet8', handler, files: shop, ...more });
    assert.match(told.errorMessage, message);
  }
});
