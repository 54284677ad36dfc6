import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
} from '@aws-sdk/client-lambda';
import { LambdaPlatform } from './crash/lambda-platform.ts';

const ECHO = `export const handler = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json', 'x-version': process.env.AWS_LAMBDA_FUNCTION_VERSION },
  body: JSON.stringify({ path: event.rawPath, method: event.requestContext.http.method, body: event.body ?? null, domain: event.requestContext.domainName }),
});`;

const STREAM = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const { rawPath, queryStringParameters: said = {} } = event;
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 202, headers: { 'content-type': 'text/plain', 'x-own': 'yes' }, cookies: ['a=1'] });
  stream.write('first;');
  if (rawPath === '/waits') await fetch(said.tell);
  if (rawPath === '/fails') { await new Promise((resolve) => setTimeout(resolve, 100)); throw new Error('late'); }
  if (rawPath === '/large') {
    let written = 0;
    for (; written < 64; written += 1) await new Promise((done) => stream.write(Buffer.alloc(1048576), done));
    await fetch(said.tell + written);
  }
  stream.end('second');
});`;

let folder: string;
let platform: LambdaPlatform;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-url-'));
  platform = await LambdaPlatform.start(folder);
  await platform.create('echo', ECHO);
  await platform.create('stream', STREAM, { Timeout: 20 });
});
after(async () => {
  await platform[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Gives a function a URL that whoever knows it may call. */
async function give(name: string, more: Partial<CreateFunctionUrlConfigCommandInput> = {}): Promise<string> {
  const input = { FunctionName: name, AuthType: 'NONE' as const, ...more };
  const { FunctionUrl } = await platform.lambda.send(new CreateFunctionUrlConfigCommand(input));
  return FunctionUrl ?? '';
}

/** The URL that a function has. */
async function urlOf(name: string): Promise<string> {
  const input = { FunctionName: name };
  return (await platform.lambda.send(new GetFunctionUrlConfigCommand(input))).FunctionUrl ?? '';
}

/** What comes back for these bytes, to the end of the connection, however it ends. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(platform.port, '127.0.0.1');
  const read: Buffer[] = [];
  socket.on('error', () => undefined).on('data', (piece: Buffer) => read.push(piece));
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(read).toString();
}

test('a URL answers as the API tells it, over a kill too, and by its name', async () => {
  const url = await give('echo');
  const ask = async (): Promise<unknown> =>
    (
      await fetch(`${url}a/b?c=d`, { method: 'PATCH', body: 'hi', headers: { 'content-type': 'text/plain' } })
    ).json();
  const { hostname, host } = new URL(url);
  const said = { path: '/a/b', method: 'PATCH', body: 'hi', domain: hostname };
  assert.deepEqual(await ask(), said);
  await platform.kill();
  await platform.startAgain();
  assert.deepEqual(await ask(), said);
  assert.equal(await urlOf('echo'), url);
  const asked = await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  assert.match(asked, /^HTTP\/1\.1 200 OK\r\n/);
});

test('the name of a URL leads to it at the main port, and to nothing else when it is gone', async () => {
  await platform.create('named', 'export const handler = async (event) => event.requestContext;');
  const context = (await (await fetch(await give('named'))).json()) as { apiId: string };
  const name = `${context.apiId}.lambda-url.us-east-1.localhost`;
  const bytes = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: ${name}:${platform.port}\r\nConnection: close\r\n\r\n`;
  assert.match(await raw(bytes('/')), new RegExp(`^HTTP/1\\.1 200 .*"domainName":"${name}"`, 's'));
  // An API's paths are the function's paths here.
  assert.match(await raw(bytes('/2015-03-31/functions')), /"path":"\/2015-03-31\/functions"/);
  assert.match(await raw(bytes('/_millrace/status')), /"path":"\/_millrace\/status"/);
  await platform.lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'named' }));
  for (const path of ['/', '/2015-03-31/functions', '/_millrace/status', '/?Action=ListQueues'])
    assert.match(await raw(bytes(path)), /^HTTP\/1\.1 403 .*\{"Message":"Forbidden"\}$/s, path);
});

test('a URL ends with its function or alias, and its address with it', async () => {
  await platform.create('short', ECHO);
  await platform.lambda.send(new PublishVersionCommand({ FunctionName: 'short' }));
  await platform.active('short', '1');
  const alias = { FunctionName: 'short', Name: 'live' };
  await platform.lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
  const [own, live] = [await give('short'), await give('short', { Qualifier: 'live' })];
  assert.equal((await fetch(own)).headers.get('x-version'), '$LATEST');
  assert.equal((await fetch(live)).headers.get('x-version'), '1');
  await platform.lambda.send(new DeleteAliasCommand(alias));
  assert.equal((await fetch(live)).status, 403);
  assert.equal((await fetch(own)).status, 200);
  await platform.lambda.send(new DeleteFunctionCommand({ FunctionName: 'short' }));
  assert.equal((await fetch(own)).status, 403);
  // The next URL that is told sees to those that are gone.
  await platform.create('next', ECHO);
  await give('next');
  const refused = once(connect(platform.port, new URL(own).hostname), 'connect');
  await assert.rejects(refused, { code: 'ECONNREFUSED' });
});

test('a function that is turned off answers 429', async () => {
  await platform.create('off', ECHO);
  const url = await give('off');
  const limit = { FunctionName: 'off', ReservedConcurrentExecutions: 0 };
  await platform.lambda.send(new PutFunctionConcurrencyCommand(limit));
  const answer = await fetch(url);
  assert.deepEqual([answer.status, await answer.text()], [429, '{"Message":"Rate Exceeded."}']);
});

test('a body above the limit is 413, declared or not, and the server goes on', async () => {
  const url = await urlOf('echo');
  const body = Buffer.alloc(6_291_457, 'a');
  assert.equal((await fetch(url, { method: 'POST', body })).status, 413);
  const stream = new Blob([body]).stream();
  assert.equal((await fetch(url, { method: 'POST', body: stream, duplex: 'half' })).status, 413);
  const fits = await fetch(url, {
    method: 'POST',
    body: Buffer.alloc(2_000_000),
    headers: { 'content-type': 'a/b' },
  });
  assert.equal(fits.status, 200);
});

test('heads that are too large, cut, or name two hosts lead nowhere', async () => {
  const { host } = new URL(await urlOf('echo'));
  const head = `Host: ${host}\r\nConnection: close\r\n`;
  assert.match(
    await raw(`GET / HTTP/1.1\r\n${head}X-Huge: ${'x'.repeat(70_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
  assert.match(await raw(`GET / HTTP/1.1\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 400 /);
  assert.match(await raw(`GET / HTTP/1.1\r\n${head}X-A: b\u0000c\r\n\r\n`), /^HTTP\/1\.1 400 /);
  for (const forged of [
    'evil.example',
    `${host}.evil.example`,
    `${host}@evil.example`,
    `evil.example#${host}`,
  ]) {
    const bytes = `GET / HTTP/1.1\r\nHost: ${forged}\r\nConnection: close\r\n\r\n`;
    assert.match(await raw(bytes), /^HTTP\/1\.1 40[03] /, forged);
  }
  // Of two hosts the first counts, for who may come in as for where it leads.
  const first = await raw(`GET /_millrace/status HTTP/1.1\r\n${head}Host: 127.0.0.1\r\n\r\n`);
  assert.match(first, /^HTTP\/1\.1 (400 |200 .*"path":"\/_millrace\/status")/s);
  const second = await raw(`GET /_millrace/status HTTP/1.1\r\nHost: evil.example\r\n${head}\r\n`);
  assert.match(second, /^HTTP\/1\.1 40[03] /);
});

test('no page of a function reaches an API, nor another function', async () => {
  const from = new URL(await urlOf('echo'));
  const api = `127.0.0.1:${platform.port}`;
  const ask = (host: string, more: string): Promise<string> =>
    raw(`GET /_millrace/status HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);
  for (const more of [
    `Origin: ${from.origin}\r\n`,
    'Sec-Fetch-Site: cross-site\r\n',
    `Referer: ${from.href}\r\n`,
  ]) {
    assert.match(await ask(api, more), /^HTTP\/1\.1 403 /, more);
    const other = new URL(await urlOf('next')).host;
    assert.match(await ask(other, more), /^HTTP\/1\.1 403 .*A web page of /s, more);
  }
  assert.match(await ask(from.host, `Origin: ${from.origin}\r\n`), /^HTTP\/1\.1 200 /);
});

test('a stream is sent as it is written, after what it says of itself', async () => {
  const url = await give('stream', { InvokeMode: 'RESPONSE_STREAM' });
  const goOn = createServer().listen(0, '127.0.0.1');
  await once(goOn, 'listening');
  const tell = `http://127.0.0.1:${(goOn.address() as AddressInfo).port}/`;
  const answer = await fetch(`${url}waits?tell=${encodeURIComponent(tell)}`);
  assert.deepEqual([answer.status, answer.headers.get('x-own')], [202, 'yes']);
  assert.equal(answer.headers.get('set-cookie'), 'a=1');
  const pieces = answer.body?.getReader();
  const first = await pieces?.read();
  assert.equal(Buffer.from(first?.value ?? []).toString(), 'first;');
  // The function waits for this answer before it writes the rest.
  goOn.on('request', (_asked, response) => response.end());
  const rest: string[] = [];
  for (let next = await pieces?.read(); next?.done === false; next = await pieces?.read())
    rest.push(Buffer.from(next.value).toString());
  assert.equal(rest.join(''), 'second');
  goOn.closeAllConnections();
  goOn.close();
});

test('a stream that fails on the way is cut', async () => {
  const url = await urlOf('stream');
  const answer = await fetch(`${url}fails`);
  assert.equal(answer.status, 202);
  await assert.rejects(answer.text());
  const posted = await fetch(`${url}fails`, { method: 'POST', body: 'x' });
  await assert.rejects(posted.text());
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 202);
});

test('a client that hangs up in the middle lets the function run to its end', async () => {
  const url = await urlOf('stream');
  const told = createServer((_asked, response) => response.end()).listen(0, '127.0.0.1');
  await once(told, 'listening');
  const tell = encodeURIComponent(`http://127.0.0.1:${(told.address() as AddressInfo).port}/`);
  const sent = request(`${url}large?tell=${tell}`, { method: 'POST' }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await once(response, 'data');
  response.destroy();
  const [ended] = (await once(told, 'request')) as [IncomingMessage];
  assert.equal(ended.url, '/64');
  told.closeAllConnections();
  told.close();
});

test('a stream is whole where the URL does not stream', async () => {
  const input = { FunctionName: 'stream', InvokeMode: 'BUFFERED' as const };
  await platform.lambda.send(new UpdateFunctionUrlConfigCommand(input));
  const answer = await fetch(await urlOf('stream'));
  assert.deepEqual([answer.status, await answer.text()], [202, 'first;second']);
  assert.equal(answer.headers.get('content-length'), '12');
});

test('code inside reaches no API by the address of a URL', async () => {
  const code = `import { get } from 'node:http';
    export const handler = ({ url, host, path }) => new Promise((resolve, reject) => {
      get(url + path, { headers: { host } }, (answer) => { answer.resume(); resolve(answer.statusCode); }).on('error', reject);
    });`;
  await platform.create('sneaks', code);
  const [url, host] = [await urlOf('echo'), `127.0.0.1:${platform.port}`];
  const ask = async (path: string): Promise<unknown> => {
    const Payload = JSON.stringify({ url, host, path });
    const told = await platform.lambda.send(new InvokeCommand({ FunctionName: 'sneaks', Payload }));
    return JSON.parse(told.Payload?.transformToString() ?? '') as unknown;
  };
  assert.equal(await ask('2015-03-31/functions'), 403);
  assert.equal(await ask('_millrace/status'), 403);
  assert.equal((await fetch(`http://${host}/_millrace/status`)).status, 200);
});

test('a function calls the URL of another', async () => {
  const code = `export const handler = async ({ url }) => (await fetch(url + 'inside')).json();`;
  await platform.create('asks', code);
  const Payload = JSON.stringify({ url: await urlOf('echo') });
  const { Payload: told } = await platform.lambda.send(new InvokeCommand({ FunctionName: 'asks', Payload }));
  assert.equal((JSON.parse(told?.transformToString() ?? '') as { path: string }).path, '/inside');
});
