import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  AddLayerVersionPermissionCommand,
  CreateFunctionCommand,
  DeleteLayerVersionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListLayersCommand,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type Runtime,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { freePort, Platform } from '../crash/platform.ts';

const folder = await mkdtemp(join(tmpdir(), 'millrace-layers-'));
const port = await freePort();
let platform = await Platform.start({ dataDirectory: folder, port });
const lambda = new LambdaClient({
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${port}`,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

after(async () => {
  lambda.destroy();
  await platform[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const LAYER = 'arn:aws:lambda:us-east-1:000000000000:layer:';
const HANDLER = `
  const { readdirSync, readFileSync } = require('node:fs');
  exports.handler = async () => ({
    said: require('words').said,
    notes: readdirSync('/opt/notes').sort().map((name) => name + ': ' + readFileSync('/opt/notes/' + name, 'utf8')),
    path: process.env.PATH,
  });`;

test('layers are published, listed, read and fetched, and no number comes twice', async () => {
  const first = await publish('words', words('one', { a: 'first a', b: 'first b' }), {
    Description: 'words',
    CompatibleRuntimes: ['nodejs24.x'],
    LicenseInfo: 'MIT',
  });
  assert.equal(first.LayerVersionArn, `${LAYER}words:1`);
  assert.equal(first.LayerArn, `${LAYER}words`);
  assert.equal(first.Version, 1);
  const second = await publish('words', words('two', { b: 'second b' }));
  assert.equal(second.Version, 2);
  const found = await lambda.send(new GetLayerVersionCommand({ LayerName: 'words', VersionNumber: 1 }));
  assert.deepEqual(
    [found.Description, found.CompatibleRuntimes, found.LicenseInfo, found.Content?.CodeSize],
    ['words', ['nodejs24.x'], 'MIT', first.Content?.CodeSize],
  );
  const byArn = await lambda.send(new GetLayerVersionByArnCommand({ Arn: `${LAYER}words:2` }));
  assert.equal(byArn.Content?.CodeSha256, second.Content?.CodeSha256);
  const zip = await fetch(byArn.Content?.Location ?? '');
  assert.equal((await zip.arrayBuffer()).byteLength, second.Content?.CodeSize);
  const other = (byArn.Content?.Location ?? '').replace('/versions/2/', '/versions/1/');
  assert.equal((await fetch(other)).status, 403, 'a link is good for one version');
  const versions = await lambda.send(new ListLayerVersionsCommand({ LayerName: 'words', MaxItems: 1 }));
  assert.deepEqual(
    versions.LayerVersions?.map(({ Version }) => Version),
    [2],
  );
  const rest = { LayerName: 'words', MaxItems: 1, Marker: versions.NextMarker };
  const older = await lambda.send(new ListLayerVersionsCommand(rest));
  assert.deepEqual(
    older.LayerVersions?.map(({ Version }) => Version),
    [1],
  );
  await lambda.send(new DeleteLayerVersionCommand({ LayerName: 'words', VersionNumber: 2 }));
  const gone = new GetLayerVersionCommand({ LayerName: 'words', VersionNumber: 2 });
  await assert.rejects(lambda.send(gone), { name: 'ResourceNotFoundException' });
  assert.equal((await publish('words', words('three', { b: 'third b' }))).Version, 3);
  const { Layers } = await lambda.send(new ListLayersCommand({}));
  assert.deepEqual(
    Layers?.map(({ LayerName, LatestMatchingVersion }) => [LayerName, LatestMatchingVersion?.Version]),
    [['words', 3]],
  );
});

test('a function finds its layers at /opt, later ones over earlier ones, also after they are deleted and after a kill', async () => {
  const Layers = [`${LAYER}words:1`, `${LAYER}words-more:1`];
  await publish('words-more', words('more', { b: 'more b', c: 'more c' }));
  const made = await create('reader', 'nodejs24.x', { 'index.js': HANDLER }, { Layers });
  assert.deepEqual(
    made.Layers?.map(({ Arn }) => Arn),
    Layers,
  );
  const wanted = { said: 'more', notes: ['a: first a', 'b: more b', 'c: more c'] };
  assert.partialDeepStrictEqual(await answer('reader'), wanted);
  for (const LayerName of ['words', 'words-more'])
    await lambda.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }));
  const third = { LayerName: 'words', VersionNumber: 3 };
  const grant = { StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' };
  const { RevisionId } = await lambda.send(new AddLayerVersionPermissionCommand({ ...third, ...grant }));
  await platform.kill();
  platform = await Platform.start({ dataDirectory: folder, port });
  const policy = await lambda.send(new GetLayerVersionPolicyCommand(third));
  assert.equal(policy.RevisionId, RevisionId, 'who may use a layer is kept');
  await rm(join(folder, 'code'), { recursive: true, force: true });
  assert.partialDeepStrictEqual(await answer('reader'), wanted, 'its layers are kept for it');
  await change('reader', { Layers: [`${LAYER}words:3`] });
  assert.partialDeepStrictEqual(await answer('reader'), { said: 'three', notes: ['b: third b'] });
  await change('reader', { Layers: [] });
  const none = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'reader' }));
  assert.equal(none.Layers, undefined);
  const failed = await lambda.send(new InvokeCommand({ FunctionName: 'reader' }));
  assert.equal(failed.FunctionError, 'Unhandled');
});

test('an extension comes in a layer, and programs of a layer are found by their name', async () => {
  const extension = `#!/bin/sh
id=$(curl -s -D - -o /dev/null -H "Lambda-Extension-Name: watcher" -d '{"events":["INVOKE","SHUTDOWN"]}' \\
  "http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension/register" | tr -d '\\r' | sed -n 's/^lambda-extension-identifier: //Ip')
while :; do curl -s -H "Lambda-Extension-Identifier: $id" "http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension/event/next" >/dev/null || exit; done
`;
  await publish('tools', {
    'extensions/watcher': executable(extension),
    'bin/greet': executable('#!/bin/sh\necho hello from a layer\n'),
  });
  const code = `const { execFileSync } = require('node:child_process');
    exports.handler = async () => execFileSync('greet', { encoding: 'utf8' });`;
  await create('greeter', 'nodejs24.x', { 'index.js': code }, { Layers: [`${LAYER}tools:1`] });
  const said = await lambda.send(new InvokeCommand({ FunctionName: 'greeter', LogType: 'Tail' }));
  assert.equal(JSON.parse(Buffer.from(said.Payload ?? []).toString()), 'hello from a layer\n');
  assert.match(
    Buffer.from(said.LogResult ?? '', 'base64').toString(),
    /EXTENSION\tName: watcher\tState: Ready/,
  );
});

test('layers that are not there, are too many, or are of another region are refused in words', async () => {
  const refusals: [readonly string[], RegExp][] = [
    [[`${LAYER}none:1`], /Layer version arn:\S+:none:1 does not exist/],
    [[`${LAYER}words:3`.replace('us-east-1', 'eu-west-1')], /expected to be in region us-east-1/],
    [Array.from({ length: 6 }, () => `${LAYER}words:3`), /Cannot reference more than 5 layers/],
    [[`${LAYER}words:3`, `${LAYER}words:3`], /referenced twice/],
  ];
  for (const [Layers, message] of refusals) {
    const asked = new UpdateFunctionConfigurationCommand({ FunctionName: 'reader', Layers: [...Layers] });
    await assert.rejects(lambda.send(asked), { name: 'InvalidParameterValueException', message });
  }
  const noArn = new UpdateFunctionConfigurationCommand({ FunctionName: 'reader', Layers: ['no-arn'] });
  await assert.rejects(lambda.send(noArn), {
    name: 'ValidationException',
    message: /'\[no-arn\]' at 'layers' failed to satisfy constraint: .* pattern: /,
  });
  const broken = new PublishLayerVersionCommand({ LayerName: 'x', Content: { ZipFile: strToU8('no zip') } });
  await assert.rejects(lambda.send(broken), { name: 'InvalidParameterValueException' });
  const named = new PublishLayerVersionCommand({ LayerName: 'a b', Content: { ZipFile: zipSync({}) } });
  await assert.rejects(lambda.send(named), /layerName/);
});

test('millrace deploy takes layers, and tells what is wrong with one', async () => {
  const deploy = (...words: string[]) =>
    promisify(execFile)(fileURLToPath(new URL('../../bin/millrace', import.meta.url)), [
      ...['deploy', join(import.meta.dirname, '..', '..', 'examples', 'hello'), '--name', 'with-layer'],
      ...['--endpoint', `http://127.0.0.1:${port}`, ...words],
    ]);
  await deploy('--layer', `${LAYER}words:3`, '--layer', `${LAYER}tools:1`);
  await deploy();
  const asked = new GetFunctionConfigurationCommand({ FunctionName: 'with-layer' });
  const { Layers } = await lambda.send(asked);
  assert.deepEqual(
    Layers?.map(({ Arn }) => Arn),
    [`${LAYER}words:3`, `${LAYER}tools:1`],
    'what the function has stays when none is named',
  );
  await assert.rejects(deploy('--layer', `${LAYER}none:1`), /none:1 does not exist/);
});

type Files = Parameters<typeof zipSync>[0];

function words(said: string, notes: Readonly<Record<string, string>>): Files {
  const files = Object.entries(notes).map(([name, text]) => [`notes/${name}`, strToU8(text)] as const);
  return {
    'nodejs/node_modules/words/index.js': strToU8(`exports.said = ${JSON.stringify(said)};`),
    ...Object.fromEntries(files),
  };
}

function executable(text: string): Files[string] {
  return [strToU8(text), { os: 3, attrs: 0o100_755 * 65_536 }];
}

async function publish(
  LayerName: string,
  files: Files,
  facts: { Description?: string; CompatibleRuntimes?: Runtime[]; LicenseInfo?: string } = {},
) {
  const Content = { ZipFile: zipSync(files) };
  return lambda.send(new PublishLayerVersionCommand({ LayerName, Content, ...facts }));
}

async function create(
  FunctionName: string,
  runtime: Runtime,
  files: Readonly<Record<string, string>>,
  more: { Layers: string[] },
) {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  const Code = { ZipFile: zipSync(Object.fromEntries(entries)) };
  const settings = { Runtime: runtime, Handler: 'index.handler', Role: 'arn:aws:iam::000000000000:role/any' };
  const made = await lambda.send(new CreateFunctionCommand({ FunctionName, Code, ...settings, ...more }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
  return made;
}

async function change(FunctionName: string, settings: { Layers: string[] }): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...settings }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
}

async function answer(FunctionName: string): Promise<object> {
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName }));
  const text = Buffer.from(Payload ?? []).toString();
  assert.equal(FunctionError, undefined, text);
  return JSON.parse(text) as object;
}
