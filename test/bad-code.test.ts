import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { strToU8, type Zippable } from 'fflate';
import { scopeProgram } from '../src/sandbox/bubblewrap/scope-program.ts';
import { freePort, Platform } from './crash/platform.ts';
import { openGround, type Ground } from './isolation/ground.ts';
import { executable, Victims } from './isolation/victims.ts';

let ground: Ground;
let count = 0;
before(async () => {
  ground = await openGround('this user');
});
after(() => ground[Symbol.asyncDispose]());

interface Told {
  readonly functionError: string | undefined;
  readonly errorType: unknown;
  readonly errorMessage: unknown;
  readonly answer: unknown;
  /** The end of the log. */
  readonly log: string;
}

/** What a caller is told who invokes this package. */
async function told(files: Zippable, more: object = {}): Promise<Told> {
  const name = `bad-${(count += 1)}`;
  const { lambda } = ground.victims;
  await ground.victims.create(name, files, { Runtime: 'provided.al2023', Handler: 'any', ...more });
  const { FunctionError, Payload, LogResult } = await lambda.send(
    new InvokeCommand({ FunctionName: name, LogType: 'Tail' }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  const { errorType, errorMessage } = (answer ?? {}) as Record<string, unknown>;
  const log = Buffer.from(LogResult ?? '', 'base64').toString();
  return { functionError: FunctionError, errorType, errorMessage, answer, log };
}

const NODE = { Runtime: 'nodejs24.x', Handler: 'index.handler' };

test('a program for another processor is an invalid entry point, and the log says what to build', async () => {
  const other = scopeProgram(process.arch === 'x64' ? 'arm64' : 'x64') ?? Buffer.alloc(0);
  const { functionError, errorType, errorMessage, log } = await told({ bootstrap: executable(other) });
  assert.deepEqual([functionError, errorType], ['Unhandled', 'Runtime.InvalidEntrypoint']);
  assert.match(
    String(errorMessage),
    /^RequestId: \S+ Error: fork\/exec \/var\/task\/bootstrap: exec format error/,
  );
  assert.match(log, /It is built for \w+, and this machine is \w+/);
});

test('a program that lacks a shared library ends as such, and the log names the library', async () => {
  const bytes = Buffer.from(readFileSync('/usr/bin/env'));
  const name = Buffer.from('libc.so.6\0');
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) bytes.write('libq.so.6', at);
  const { errorType, errorMessage, log } = await told({ bootstrap: executable(bytes) });
  assert.equal(errorType, 'Runtime.ExitError');
  assert.match(String(errorMessage), /Runtime exited with error: exit status 127$/);
  assert.match(log, /libq\.so\.6: cannot open shared object file/);
  assert.match(log, /bring it in the package or a layer/);
});

test('a bootstrap without execute right, or with lines of Windows, is said to be so', async () => {
  const plain = await told({ bootstrap: strToU8('#!/bin/sh\n') });
  assert.equal(plain.errorType, 'Runtime.InvalidEntrypoint');
  assert.match(String(plain.errorMessage), /has no execute permission\. Run chmod \+x/);
  const windows = await told({ bootstrap: executable(strToU8('#!/bin/sh\r\necho\r\n')) });
  assert.match(String(windows.errorMessage), /no such file or directory\. Its lines end as on Windows/);
});

test('a bootstrap that ends at once without a word is an exit without a reason', async () => {
  const { errorType, errorMessage, log } = await told({
    bootstrap: executable(strToU8('#!/bin/sh\nexit 0\n')),
  });
  assert.equal(errorType, 'Runtime.ExitError');
  assert.match(String(errorMessage), /Error: Runtime exited without providing a reason$/);
  assert.match(log, /a bootstrap runs until it is ended/);
});

test('output without a line end, and bytes that are no text, reach the log and harm nothing', async () => {
  const source = `exports.handler = async () => {
    process.stdout.write('no line end');
    process.stderr.write(Buffer.from([0, 1, 255, 254, 10, 0xc3, 10, 27, 91, 65, 10]));
    return 'fine';
  };`;
  const { answer, log } = await told({ 'index.js': strToU8(source) }, NODE);
  assert.equal(answer, 'fine');
  assert.match(log, /no line end\n/);
  assert.match(log, /END RequestId/);
});

test('a handler string that names nothing says what is wrong with it', async () => {
  const files = { 'index.js': strToU8('exports.handler = () => 1;') };
  const malformed = await told(files, { ...NODE, Handler: 'handler' });
  assert.deepEqual(
    [malformed.functionError, malformed.errorType],
    ['Unhandled', 'Runtime.MalformedHandlerName'],
  );
  const gone = await told(files, { ...NODE, Handler: 'index.other' });
  assert.deepEqual(
    [gone.errorType, gone.errorMessage],
    ['Runtime.HandlerNotFound', 'index.other is undefined or not exported'],
  );
});

test('a runtime that this machine lacks is told with the package that brings it', async (context) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'millrace-no-ruby-'));
  context.after(() => rm(dataDirectory, { recursive: true, force: true }));
  const program = join(import.meta.dirname, '..', 'src', 'main.ts');
  await using platform = await Platform.start({
    ...{ dataDirectory, port: await freePort() },
    program: [process.execPath, '--disable-warning=ExperimentalWarning', program],
    // Languages are looked for on the path; here there are none.
    variables: { PATH: dataDirectory, HOME: dataDirectory },
  });
  using victims = new Victims(`http://127.0.0.1:${platform.port}`);
  const more = { Runtime: 'ruby3.4' as const, Handler: 'index.handler' };
  await victims.create('no-ruby', { 'index.rb': strToU8('def handler(event:, context:) = 1') }, more);
  const { FunctionError, Payload, LogResult } = await victims.lambda.send(
    new InvokeCommand({ FunctionName: 'no-ruby', LogType: 'Tail' }),
  );
  assert.equal(FunctionError, 'Unhandled');
  assert.match(Payload?.transformToString() ?? '', /Runtime\.NotInstalled.*apt-get install ruby/);
  assert.match(Buffer.from(LogResult ?? '', 'base64').toString(), /apt-get install ruby/);
});

test('a package without its handler says which file is missing', async () => {
  const { errorType, errorMessage } = await told({ 'other.js': strToU8('') }, NODE);
  assert.equal(errorType, 'Runtime.ImportModuleError');
  assert.match(String(errorMessage), /index/);
});
