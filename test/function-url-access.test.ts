import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import {
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
  UpdateFunctionUrlConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { writeKeyFile } from '../src/access/key-file.ts';
import { SystemClock } from '../src/base/clock.ts';
import { signedHeaders } from '../src/cli/signed-headers.ts';
import { packaged } from './crash/lambda-platform.ts';
import { freePort, Platform } from './crash/platform.ts';

const CODE = 'export const handler = async (event) => event.requestContext.authorizer?.iam ?? "anybody";';
const OWNER = { accessKeyId: 'AKIAOWNER', secretAccessKey: 'a secret of the owner' };
const LIMITED = { accessKeyId: 'AKIALIMITED', secretAccessKey: 'a secret of the sender' };

const folder = mkdtempSync(join(tmpdir(), 'millrace-url-access-'));
const keysFile = join(folder, 'keys.json');
let platform: Platform;
let lambda: LambdaClient;
let url: string;
before(async () => {
  const keys = new Map([
    [OWNER.accessKeyId, { secretAccessKey: OWNER.secretAccessKey, scope: 'all' } as const],
    [LIMITED.accessKeyId, { secretAccessKey: LIMITED.secretAccessKey, scope: 'invoke-and-send' } as const],
  ]);
  assert.ok(writeKeyFile(keysFile, keys).ok);
  const port = await freePort();
  const flags = ['--keys', keysFile, '--url-domain', 'functions.example.com'];
  platform = await Platform.start({ dataDirectory: join(folder, 'data'), port, flags });
  const endpoint = `http://127.0.0.1:${port}`;
  lambda = new LambdaClient({ region: 'us-east-1', endpoint, credentials: OWNER, maxAttempts: 1 });
  const Code = { ZipFile: packaged(CODE) };
  const role = { Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' } as const;
  await lambda.send(
    new CreateFunctionCommand({ FunctionName: 'f', Handler: 'index.handler', ...role, Code }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName: 'f' });
  const made = await lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: 'f', AuthType: 'AWS_IAM' }),
  );
  url = made.FunctionUrl ?? '';
});
after(async () => {
  lambda.destroy();
  await platform[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** A GET at the host of the URL, which no resolver here knows; status and body. */
function ask(headers: Readonly<Record<string, string>> = {}, path = '/?a=1'): Promise<string> {
  const sent = {
    host: '127.0.0.1',
    port: platform.port,
    path,
    headers: { host: new URL(url).host, ...headers },
  };
  return new Promise((resolve, reject) => {
    request(sent, (answer) => {
      text(answer).then((body) => resolve(`${answer.statusCode} ${body}`), reject);
    })
      .once('error', reject)
      .end();
  });
}

function signed(key: typeof OWNER, service = 'lambda', lateMs = 0): Record<string, string> {
  const signer = { region: 'us-east-1', ...key, service };
  return signedHeaders(new URL('/?a=1', url), signer, new SystemClock().nowMs() - lateMs);
}

test('a URL is told by its name below the domain of the operator', () => {
  assert.match(url, /^http:\/\/[a-z2-7]{32}\.lambda-url\.us-east-1\.functions\.example\.com:\d+\/$/);
});

test('a URL that demands signatures takes those of configured keys, also of one that may only invoke', async () => {
  for (const key of [OWNER, LIMITED])
    assert.match(await ask(signed(key)), new RegExp(`^200 .*"accessKey":"${key.accessKeyId}"`));
  assert.match(await ask(), /^403 .*must be signed/);
  assert.match(await ask(signed({ ...OWNER, secretAccessKey: 'another secret' })), /^403 .*does not match/);
  assert.match(await ask(signed({ ...OWNER, accessKeyId: 'AKIANOBODY' })), /^403 .*token .* is invalid/);
  assert.match(await ask(signed(OWNER, 'sqs')), /^400 .*'lambda'/);
  assert.match(await ask(signed(OWNER, 'lambda', 16 * 60_000)), /^403 .*Signature expired/);
  assert.match(await ask(signed(OWNER), '/?a=2'), /^403 .*does not match/);
});

test('a URL that anybody may call is open, and opens nothing else', async () => {
  await lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'f', AuthType: 'NONE' }));
  assert.equal(await ask(), '200 "anybody"');
  assert.equal(await ask({}, '/2015-03-31/functions'), '200 "anybody"');
  const api = { host: `127.0.0.1:${platform.port}` };
  assert.match(await ask(api, '/2015-03-31/functions'), /^403 /);
  assert.match(await ask(api, '/_millrace/status'), /^403 /);
  const { host } = new URL(url);
  const gone = `${host.startsWith('x') ? 'y' : 'x'}${host.slice(1)}`;
  assert.equal(await ask({ host: gone }, '/2015-03-31/functions'), '403 {"Message":"Forbidden"}');
});
