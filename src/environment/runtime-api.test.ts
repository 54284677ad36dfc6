import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';
import type { RequestId } from '../base/ids.ts';
import type { SandboxedTree } from '../sandbox/sandbox.ts';
import type { DoorEvent, DoorInvocation } from './door.ts';
import { ApiServer } from './api-server.ts';
import { RuntimeApi } from './runtime-api.ts';

const BASE = '/2018-06-01/runtime';
const INVOCATION: DoorInvocation = {
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd' as RequestId,
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  deadlineMs: 1_700_000_003_000.7,
  remainingMs: 3000,
  payload: Buffer.from('{"a": 1}'),
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let api: RuntimeApi;
let events: DoorEvent[];
let agent: Agent;

beforeEach(async () => {
  events = [];
  agent = new Agent({ keepAlive: true });
  api = new RuntimeApi(await ApiServer.open('127.77.0.1'), (event) => events.push(event));
  api.admit(treeThatOwns(true));
});

afterEach(async () => {
  agent.destroy();
  await api[Symbol.asyncDispose]();
});

function treeThatOwns(owned: boolean): SandboxedTree {
  return { owns: async () => owned } as unknown as SandboxedTree;
}

async function call(
  method: string,
  path: string,
  body: string | Uint8Array = '',
  headers: OutgoingHttpHeaders = {},
  trailers?: Record<string, string>,
): Promise<Answer> {
  const [host, port] = api.variables['AWS_LAMBDA_RUNTIME_API']?.split(':') ?? [];
  const sent = request({ host, port, method, path: BASE + path, headers, agent });
  if (body.length > 0) sent.write(body);
  if (trailers !== undefined) sent.addTrailers(trailers);
  sent.end();
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** The runtime asks for its next invocation and gets {@link INVOCATION}. */
async function next(more: Partial<DoorInvocation> = {}): Promise<Answer> {
  const answer = call('GET', '/invocation/next');
  while (events.at(-1)?.kind !== 'ready') await new Promise((resolve) => setImmediate(resolve));
  api.send({ ...INVOCATION, ...more });
  return answer;
}

const answerPath = `/invocation/${INVOCATION.requestId}/response`;
const errorPath = `/invocation/${INVOCATION.requestId}/error`;

test('the next invocation comes with its bytes, its length and every header that clients need', async () => {
  const { status, headers, body } = await next({ traceId: 'Root=1-x', clientContext: '{"name":"ä"}' });
  assert.equal(status, 200);
  assert.equal(body, '{"a": 1}');
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['content-length'], '8');
  assert.equal(headers['lambda-runtime-aws-request-id'], INVOCATION.requestId);
  assert.equal(headers['lambda-runtime-deadline-ms'], '1700000003000');
  assert.equal(headers['lambda-runtime-invoked-function-arn'], INVOCATION.functionArn);
  assert.equal(headers['lambda-runtime-trace-id'], 'Root=1-x');
  assert.deepEqual(JSON.parse(String(headers['lambda-runtime-client-context'])), { name: 'ä' });
});

test('an answer is taken once, with 202 and a body', async () => {
  await next();
  const taken = await call('POST', answerPath, '{"ok":true}');
  assert.deepEqual([taken.status, taken.body], [202, '{"status":"OK"}\n']);
  const said = events.at(-1);
  assert.equal(said?.kind === 'answered' && Buffer.from(said.payload).toString(), '{"ok":true}');
  const again = await call('POST', answerPath, '1');
  assert.deepEqual([again.status, JSON.parse(again.body).errorType], [400, 'InvalidRequestID']);
  assert.equal(events.filter(({ kind }) => kind === 'answered').length, 1);
});

test('an answer for another request id is refused', async () => {
  await next();
  const refused = await call('POST', '/invocation/00000000-0000-0000-0000-000000000000/response', '1');
  assert.deepEqual([refused.status, JSON.parse(refused.body).errorType], [400, 'InvalidRequestID']);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['ready'],
  );
});

test('the type of an error is what its body says, before what the header says', async () => {
  await next();
  const headers = { 'Lambda-Runtime-Function-Error-Type': 'unhandled' };
  await call('POST', errorPath, '{"errorType":"Boom","errorMessage":"m","extra":1}', headers);
  const said = events.at(-1);
  assert.ok(said?.kind === 'failed');
  assert.deepEqual([said.errorType, said.errorMessage], ['Boom', 'm']);
  assert.equal(Buffer.from(said.payload).toString(), '{"errorType":"Boom","errorMessage":"m","extra":1}');
});

test('trailers after a streamed answer make it an error', async () => {
  await next();
  const error = Buffer.from('{"errorType":"Late","errorMessage":"l"}').toString('base64');
  const names = ['Lambda-Runtime-Function-Error-Type', 'Lambda-Runtime-Function-Error-Body'] as const;
  const headers = {
    'Lambda-Runtime-Function-Response-Mode': 'streaming',
    'Transfer-Encoding': 'chunked',
    Trailer: names.join(', '),
  };
  const taken = await call('POST', answerPath, 'half', headers, { [names[0]]: 'Late', [names[1]]: error });
  assert.equal(taken.status, 202);
  const said = events.at(-1);
  assert.ok(said?.kind === 'failed');
  assert.deepEqual([said.errorType, said.errorMessage], ['Late', 'l']);
});

test('an announced trailer that stays empty leaves the answer an answer', async () => {
  await next();
  const headers = { 'Transfer-Encoding': 'chunked', Trailer: 'Lambda-Runtime-Function-Error-Type' };
  await call('POST', answerPath, '1', headers, {});
  assert.equal(events.at(-1)?.kind, 'answered');
});

test('an unknown response mode is refused', async () => {
  await next();
  const refused = await call('POST', answerPath, '1', { 'Lambda-Runtime-Function-Response-Mode': 'odd' });
  assert.deepEqual(
    [refused.status, JSON.parse(refused.body).errorType],
    [400, 'InvalidFunctionResponseMode'],
  );
});

test('an answer beyond the limit is refused with 413, and the runtime may go on', async () => {
  await next();
  const refused = await call('POST', answerPath, Buffer.alloc(6_291_557, 'x'));
  assert.equal(refused.status, 413);
  assert.deepEqual(JSON.parse(refused.body), {
    errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
    errorType: 'RequestEntityTooLarge',
  });
  assert.equal(events.at(-1)?.kind, 'too-large');
  assert.equal((await next()).status, 200);
});

test('an error of initialisation is taken before the first invocation only', async () => {
  const taken = await call('POST', '/init/error', '{"errorMessage":"no","errorType":"Runtime.X"}');
  assert.equal(taken.status, 202);
  const said = events.at(-1);
  assert.equal(said?.kind === 'init-failed' && said.errorType, 'Runtime.X');
});

test('a step out of turn is refused with 403', async () => {
  await next();
  const refused = await call('POST', '/init/error', '{}');
  assert.deepEqual([refused.status, JSON.parse(refused.body).errorType], [403, 'InvalidStateTransition']);
});

test('asking again in the middle of an invocation gives the same invocation', async () => {
  await next();
  const again = await call('GET', '/invocation/next');
  assert.equal(again.headers['lambda-runtime-aws-request-id'], INVOCATION.requestId);
  assert.equal(events.filter(({ kind }) => kind === 'ready').length, 1);
});

test('a header of a megabyte is taken', async () => {
  await next();
  const headers = { 'Lambda-Runtime-Function-XRay-Error-Cause': 'x'.repeat(1_000_000) };
  assert.equal((await call('POST', errorPath, '{"errorType":"E"}', headers)).status, 202);
});

test('what is not there is 404', async () => {
  assert.equal((await call('GET', '/nothing')).status, 404);
});

test('a process of another environment is cut off without an answer', async () => {
  const other = new RuntimeApi(await ApiServer.open('127.77.0.2'), (event) => events.push(event));
  other.admit(treeThatOwns(false));
  const [host = '', port] = other.variables['AWS_LAMBDA_RUNTIME_API']?.split(':') ?? [];
  const socket = connect(Number(port), host);
  socket.write(`GET ${BASE}/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n`);
  socket.on('error', () => undefined);
  const received = await text(socket).catch(() => '');
  assert.equal(received, '');
  assert.deepEqual(events, []);
  await other[Symbol.asyncDispose]();
});

test('an answer in pieces is heard as it comes, and no other is taken meanwhile', async () => {
  await next();
  const [host, port] = api.variables['AWS_LAMBDA_RUNTIME_API']?.split(':') ?? [];
  const mode = { 'Lambda-Runtime-Function-Response-Mode': 'streaming', 'Content-Type': 'text/plain' };
  const sent = request({ host, port, method: 'POST', path: BASE + answerPath, headers: mode });
  sent.write('one');
  while (events.at(-1)?.kind !== 'piece') await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events.slice(-2), [
    { kind: 'begun', contentType: 'text/plain' },
    { kind: 'piece', bytes: Buffer.from('one') },
  ]);
  assert.equal((await call('POST', answerPath, '{}')).status, 400);
  assert.equal((await call('GET', '/invocation/next')).status, 403);
  sent.end();
  const [response] = await once(sent, 'response');
  assert.equal(response.statusCode, 202);
  response.resume();
  while (events.at(-1)?.kind === 'piece') await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events.at(-1), { kind: 'streamed', marks: undefined });
});

test('a chunked answer to a function URL is in pieces, also when its client names no mode', async () => {
  await next();
  const [host, port] = api.variables['AWS_LAMBDA_RUNTIME_API']?.split(':') ?? [];
  const headers = { 'Content-Type': 'application/vnd.awslambda.http-integration-response' };
  const sent = request({ host, port, method: 'POST', path: BASE + answerPath, headers });
  sent.write('{}');
  while (events.at(-1)?.kind !== 'piece') await new Promise((resolve) => setImmediate(resolve));
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  while (events.at(-1)?.kind === 'piece') await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events.at(-1), { kind: 'streamed', marks: undefined });
});

test('an answer in pieces whose connection is cut has failed', async () => {
  await next();
  const [host, port] = api.variables['AWS_LAMBDA_RUNTIME_API']?.split(':') ?? [];
  const mode = { 'Lambda-Runtime-Function-Response-Mode': 'streaming' };
  const sent = request({ host, port, method: 'POST', path: BASE + answerPath, headers: mode });
  sent.on('error', () => undefined);
  sent.write('one');
  while (events.at(-1)?.kind !== 'piece') await new Promise((resolve) => setImmediate(resolve));
  sent.destroy();
  while (events.at(-1)?.kind === 'piece') await new Promise((resolve) => setImmediate(resolve));
  const last = events.at(-1);
  assert.ok(last?.kind === 'failed' && last.errorType === 'Runtime.TruncatedResponse');
});

test('an answer in pieces for an invocation that is not this one is refused, and heard by nobody', async () => {
  await next();
  const mode = { 'Lambda-Runtime-Function-Response-Mode': 'streaming' };
  const other = `/invocation/${'0'.repeat(8)}-0000-4000-8000-000000000000/response`;
  const refused = await call('POST', other, Buffer.alloc(1_000_000), mode);
  assert.deepEqual([refused.status, JSON.parse(refused.body).errorType], [400, 'InvalidRequestID']);
  assert.equal(events.at(-1)?.kind, 'ready');
  assert.equal((await call('POST', answerPath, '{}', mode)).status, 202);
  assert.equal((await call('POST', answerPath, '{}', mode)).status, 400);
});
