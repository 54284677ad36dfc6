import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
  type InvokeWithResponseStreamCompleteEvent,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { freePort, Platform } from '../crash/platform.ts';

let folder: string;
let platform: Platform;
let lambda: LambdaClient;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-streaming-'));
  platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  lambda = new LambdaClient({
    region: 'us-east-1',
    endpoint: endpoint(),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
after(async () => {
  lambda.destroy();
  await platform[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function endpoint(): string {
  return `http://127.0.0.1:${platform.port}`;
}

async function create(FunctionName: string, files: Zippable, Runtime: 'nodejs24.x' | 'provided.al2023') {
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Runtime },
      Role: 'arn:aws:iam::000000000000:role/any',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: zipSync(files) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName });
}

interface Streamed {
  readonly version: string | undefined;
  readonly chunks: readonly string[];
  readonly complete: InvokeWithResponseStreamCompleteEvent | undefined;
}

async function stream(FunctionName: string, event: unknown): Promise<Streamed> {
  const answer = await lambda.send(
    new InvokeWithResponseStreamCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
  );
  const chunks: string[] = [];
  let complete: InvokeWithResponseStreamCompleteEvent | undefined;
  for await (const told of answer.EventStream ?? []) {
    if (told.PayloadChunk?.Payload !== undefined) {
      chunks.push(Buffer.from(told.PayloadChunk.Payload).toString());
    }
    complete ??= told.InvokeComplete;
  }
  return { version: answer.ExecutedVersion, chunks, complete };
}

test('the SDK reads the pieces of a Node function as they are written, and how it ended', async () => {
  const code = `
    exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write("first;");
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (event.fail) throw new RangeError("too far");
      stream.end("second");
    });`;
  await create('pieces', { 'index.js': strToU8(code) }, 'nodejs24.x');
  const good = await stream('pieces', {});
  assert.deepEqual(good.chunks, ['first;', 'second']);
  assert.equal(good.version, '$LATEST');
  assert.equal(good.complete?.ErrorCode, undefined);
  assert.match(Buffer.from(good.complete?.LogResult ?? '', 'base64').toString(), /^START.*REPORT/s);

  const bad = await stream('pieces', { fail: true });
  assert.deepEqual(bad.chunks, ['first;']);
  assert.equal(bad.complete?.ErrorCode, 'Unhandled');
  const { errorType, errorMessage } = JSON.parse(bad.complete?.ErrorDetails ?? '{}') as Record<
    string,
    string
  >;
  assert.deepEqual([errorType, errorMessage], ['RangeError', 'too far']);

  const whole = await lambda.send(new InvokeCommand({ FunctionName: 'pieces', Payload: '{}' }));
  assert.equal(whole.Payload?.transformToString(), 'first;second');
});

test('a function that answers as a whole is a stream of its answer', async () => {
  const code =
    'exports.handler = async (event) => { if (event.fail) throw new Error("no"); return { n: "x".repeat(event.n) }; };';
  await create('whole', { 'index.js': strToU8(code) }, 'nodejs24.x');
  const { chunks, complete } = await stream('whole', { n: 1_000_000 });
  assert.equal((JSON.parse(chunks.join('')) as { n: string }).n.length, 1_000_000);
  assert.equal(complete?.ErrorCode, undefined);
  const failed = await stream('whole', { fail: true });
  assert.deepEqual(failed.chunks, []);
  assert.match(failed.complete?.ErrorDetails ?? '', /"errorMessage":"no"/);
});

test('a program on the HTTP Runtime API streams, and says in trailers that it failed on the way', async () => {
  const code = `#!/usr/bin/python3
import base64, http.client, os
host = os.environ['AWS_LAMBDA_RUNTIME_API']
while True:
    api = http.client.HTTPConnection(host)
    api.request('GET', '/2018-06-01/runtime/invocation/next')
    event = api.getresponse()
    fails = b'fail' in event.read()
    api.putrequest('POST', '/2018-06-01/runtime/invocation/%s/response' % event.headers['Lambda-Runtime-Aws-Request-Id'])
    api.putheader('Lambda-Runtime-Function-Response-Mode', 'streaming')
    api.putheader('Transfer-Encoding', 'chunked')
    api.putheader('Trailer', 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body')
    api.endheaders()
    api.send(b'4\\r\\none \\r\\n')
    if fails:
        body = base64.b64encode(b'{"errorType":"Late","errorMessage":"broke"}').decode()
        api.send(('0\\r\\nLambda-Runtime-Function-Error-Type: Late\\r\\nLambda-Runtime-Function-Error-Body: %s\\r\\n\\r\\n' % body).encode())
    else:
        api.send(b'3\\r\\ntwo\\r\\n0\\r\\n\\r\\n')
    api.getresponse().read()
`;
  await create(
    'program',
    { bootstrap: [strToU8(code), { os: 3, attrs: 0o100755 * 65_536 }] },
    'provided.al2023',
  );
  const good = await stream('program', {});
  assert.equal(good.chunks.join(''), 'one two');
  assert.equal(good.complete?.ErrorCode, undefined);
  const bad = await stream('program', 'fail');
  assert.equal(bad.chunks.join(''), 'one ');
  assert.equal(bad.complete?.ErrorDetails, '{"errorType":"Late","errorMessage":"broke"}');
  const whole = await lambda.send(new InvokeCommand({ FunctionName: 'program', Payload: '{}' }));
  assert.equal(whole.Payload?.transformToString(), 'one two');
});

test('a client that hangs up lets the function run to its end', async () => {
  const code = `
    exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      let written = 0;
      for (; written < 64; written += 1) await new Promise((done) => stream.write(Buffer.alloc(1048576), done));
      await fetch(event.tell + written);
      stream.end();
    });`;
  await create('large', { 'index.js': strToU8(code) }, 'nodejs24.x');
  const told = createServer((_asked, response) => response.end()).listen(0, '127.0.0.1');
  await once(told, 'listening');
  const tell = `http://127.0.0.1:${(told.address() as AddressInfo).port}/`;
  const path = '/2021-11-15/functions/large/response-streaming-invocations';
  const sent = request(endpoint() + path, { method: 'POST' }).end(JSON.stringify({ tell }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await once(response, 'data');
  response.destroy();
  const [ended] = (await once(told, 'request')) as [IncomingMessage];
  assert.equal(ended.url, '/64');
  told.close();
});

test('what is no invocation is refused as Invoke refuses it', async () => {
  const asked = (FunctionName: string, Payload: string) =>
    lambda.send(new InvokeWithResponseStreamCommand({ FunctionName, Payload }));
  await assert.rejects(asked('nobody', '{}'), { name: 'ResourceNotFoundException' });
  await assert.rejects(asked('whole', 'no JSON'), { name: 'InvalidRequestContentException' });
  const InvocationType = 'DryRun';
  const dry = await lambda.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'whole', InvocationType }),
  );
  assert.equal(dry.StatusCode, 204);
});
