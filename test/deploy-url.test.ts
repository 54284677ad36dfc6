import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { LambdaPlatform } from './crash/lambda-platform.ts';
import { PROGRAM } from './crash/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-deploy-url-'));
const shop = join(folder, 'shop');
let platform: LambdaPlatform;
before(async () => {
  mkdirSync(shop);
  writeFileSync(join(shop, 'index.mjs'), 'export const handler = async ({ rawPath }) => ({ rawPath });');
  platform = await LambdaPlatform.start(join(folder, 'data'));
});
after(async () => {
  await platform[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What the command prints; rejects with what it complains of. */
async function millrace(...words: readonly string[]): Promise<string> {
  const endpoint = `http://127.0.0.1:${platform.port}`;
  return (await promisify(execFile)(PROGRAM, [...words, '--endpoint', endpoint])).stdout;
}

async function configured() {
  const { FunctionUrl, AuthType, InvokeMode, Cors } = await platform.lambda.send(
    new GetFunctionUrlConfigCommand({ FunctionName: 'shop' }),
  );
  return { FunctionUrl, AuthType, InvokeMode, Cors };
}

test('a folder is deployed with a URL, which is told, answers, and is listed', async () => {
  const told = await millrace('deploy', shop, '--url');
  const [, url = ''] = /^shop answers at (http:\S+)$/m.exec(told) ?? [];
  assert.deepEqual(await (await fetch(`${url}cart`)).json(), { rawPath: '/cart' });
  assert.match(await millrace('functions'), new RegExp(`^shop .* ${url}$`, 'm'));
  const listed = JSON.parse(await millrace('functions', '--json')) as { urls: unknown }[];
  assert.deepEqual(listed[0]?.urls, [{ url, isSigned: false }]);
});

test('deploying again changes of a URL what is said, and leaves the rest', async () => {
  const { FunctionUrl } = await configured();
  const origins = ['--url-origin', 'https://a.example', '--url-origin', 'https://b.example'];
  await millrace('deploy', shop, '--url', ...origins, '--url-stream');
  const Cors = {
    AllowOrigins: ['https://a.example', 'https://b.example'],
    ...{ AllowMethods: ['*'], AllowHeaders: ['*'] },
  };
  const streamed = { FunctionUrl, AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM', Cors };
  assert.deepEqual(await configured(), streamed);
  await millrace('deploy', shop, '--url', '--url-auth', 'iam');
  assert.deepEqual(await configured(), { ...streamed, AuthType: 'AWS_IAM' });
  await millrace('deploy', shop);
  assert.deepEqual(await configured(), { ...streamed, AuthType: 'AWS_IAM' });
  assert.match(await millrace('functions'), /^shop .* \(signed\)$/m);
});

test('the example greets at its URL whoever its form names', async () => {
  const example = fileURLToPath(new URL('../examples/page', import.meta.url));
  const told = await millrace('deploy', example, '--url');
  const [, url = ''] = /^page answers at (http:\S+)$/m.exec(told) ?? [];
  const asked = await fetch(url);
  assert.equal(asked.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(await asked.text(), /Who are you\?<form method="post">/);
  const named = await fetch(url, { method: 'POST', body: new URLSearchParams({ name: 'Олена & <Ada>' }) });
  assert.match(await named.text(), /Hello, Олена &#38; &#60;Ada&#62;!/);
  const other = await fetch(url, { method: 'DELETE' });
  assert.deepEqual([other.status, other.headers.get('allow')], [405, 'GET, POST']);
});

test('options of a URL without --url, and others than there are, are refused before anything is uploaded', async () => {
  for (const words of [['--url-stream'], ['--url-origin', '*'], ['--url-auth', 'iam']])
    await assert.rejects(millrace('deploy', shop, '--name', 'none', ...words), /need --url\./);
  const wrong = millrace('deploy', shop, '--name', 'none', '--url', '--url-auth', 'all');
  await assert.rejects(wrong, /--url-auth takes none or iam/);
  assert.doesNotMatch(await millrace('functions'), /^none /m);
});
