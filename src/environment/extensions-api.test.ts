import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SystemClock } from '../base/clock.ts';
import type { RequestId } from '../base/ids.ts';
import { systemRandom as random } from '../base/random.ts';
import type { SandboxedTree } from '../sandbox/sandbox.ts';
import { ApiServer } from './api-server.ts';
import type { DoorEvent, DoorInvocation } from './door.ts';
import { DoorWithExtensions } from './environment-door.ts';
import { RuntimeApi } from './runtime-api.ts';

const INVOCATION: DoorInvocation = {
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd' as RequestId,
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  deadlineMs: 1_700_000_003_000.7,
  remainingMs: 3000,
  payload: Buffer.from('{}'),
  traceId: 'Root=1-x',
};
const TOLD = { functionName: 'f', functionVersion: '$LATEST', handler: 'h' };
const FACTS = {
  ...{ ...TOLD, accountId: '000000000000', runtime: 'nodejs24.x', memorySizeMb: 128 },
  initialization: 'on-demand' as const,
};

let door: DoorWithExtensions;
let events: DoorEvent[];
let completions: number;
let base: string;

beforeEach(async () => {
  events = [];
  completions = 0;
  const server = await ApiServer.open('127.77.0.3');
  const listener = (event: DoorEvent): void => void events.push(event);
  const openRuntime = (hear: (event: DoorEvent) => void): RuntimeApi => new RuntimeApi(server, hear);
  door = await DoorWithExtensions.open({ server, openRuntime, random, clock: new SystemClock(), listener });
  door.belongTo(FACTS, ['external'], () => void (completions += 1));
  door.admit({ owns: async () => true } as unknown as SandboxedTree);
  base = `http://${server.variables['AWS_LAMBDA_RUNTIME_API']}`;
});

afterEach(() => door[Symbol.asyncDispose]());

function register(name: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${base}/2020-01-01/extension/register`, {
    method: 'POST',
    headers: { 'Lambda-Extension-Name': name, ...headers },
    body: JSON.stringify(body),
  });
}

async function registered(name: string, events: readonly string[] | null): Promise<string> {
  const response = await register(name, { events });
  assert.equal(response.status, 200, await response.text());
  return response.headers.get('lambda-extension-identifier') ?? '';
}

function nextEvent(id: string): Promise<Response> {
  return fetch(`${base}/2020-01-01/extension/event/next`, { headers: { 'Lambda-Extension-Identifier': id } });
}

function runtime(path: string, body?: string): Promise<Response> {
  return fetch(`${base}/2018-06-01/runtime${path}`, { ...(body && { method: 'POST', body }) });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

const kinds = (): string[] => events.map(({ kind }) => kind);

test('an extension learns whose environment it is, and its account when it asks for that', async () => {
  const response = await register('external', { events: ['INVOKE'] });
  assert.deepEqual(await response.json(), TOLD);
  const other = await register('one', { events: [] }, { 'Lambda-Extension-Accept-Feature': 'accountId' });
  assert.deepEqual(await other.json(), { ...TOLD, accountId: FACTS.accountId });
});

test('the code is loaded once every external extension has registered, and ready when all wait', async () => {
  const next = runtime('/invocation/next');
  await registered('internal', null);
  assert.equal(completions, 0);
  const id = await registered('external', ['INVOKE', 'SHUTDOWN']);
  assert.equal(completions, 1);
  assert.deepEqual(kinds(), []);
  void nextEvent(id).catch(() => undefined);
  await setImmediate();
  assert.deepEqual(kinds(), []);
  door.shutdown('spindown', 1);
  void next.catch(() => undefined);
});

test('an invocation is over when the runtime and every extension ask for the next one', async () => {
  const id = await registered('external', ['INVOKE']);
  const idle = await registered('bystander', null);
  void nextEvent(idle).catch(() => undefined);
  const waiting = nextEvent(id);
  const next = runtime('/invocation/next');
  await until(() => kinds().includes('ready'));
  door.send(INVOCATION);
  assert.equal((await next).status, 200);
  const event = await waiting;
  assert.match(event.headers.get('lambda-extension-event-identifier') ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(await event.json(), {
    eventType: 'INVOKE',
    deadlineMs: 1_700_000_003_000,
    requestId: INVOCATION.requestId,
    invokedFunctionArn: INVOCATION.functionArn,
    tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-x' },
  });
  await runtime(`/invocation/${INVOCATION.requestId}/response`, '1');
  void runtime('/invocation/next').catch(() => undefined);
  await until(() => kinds().includes('answered'));
  assert.deepEqual(kinds(), ['ready', 'answered']);
  void nextEvent(id).catch(() => undefined);
  await until(() => kinds().length === 3);
  assert.deepEqual(kinds(), ['ready', 'answered', 'ready']);
});

test('the end is told to whoever wants to know, who has the time that AWS gives', async () => {
  assert.equal(door.graceMs('spindown'), 0);
  await registered('internal', null);
  assert.deepEqual([door.graceMs('spindown'), door.graceMs('timeout')], [500, 0]);
  const id = await registered('external', ['SHUTDOWN']);
  assert.deepEqual([door.graceMs('spindown'), door.graceMs('failure')], [2000, 2000]);
  const waiting = nextEvent(id);
  await setImmediate();
  door.shutdown('timeout', 1_700_000_000_000.5);
  const told = { eventType: 'SHUTDOWN', deadlineMs: 1_700_000_000_000, shutdownReason: 'timeout' };
  assert.deepEqual(await (await waiting).json(), told);
});

test('what cannot be registered is refused with its reason', async () => {
  const refusals: [string, unknown, string][] = [
    ['', { events: [] }, 'Extension.InvalidExtensionName'],
    ['a', { events: ['OTHER'] }, 'Extension.InvalidEventType'],
    ['a', { events: 'INVOKE' }, 'InvalidRequestFormat'],
    ['a', { events: ['SHUTDOWN'] }, 'ShutdownEventNotSupportedForInternalExtension'],
  ];
  for (const [name, body, type] of refusals) {
    const response = await register(name, body);
    assert.deepEqual([response.status, await errorType(response)], [403, type]);
  }
  for (let n = 0; n < 10; n += 1) await registered(`n${n}`, []);
  assert.equal(await errorType(await register('n10', {})), 'Extension.TooManyExtensions');
  assert.equal(await errorType(await register('n1', {})), 'Extension.AlreadyRegistered');
  assert.equal(await errorType(await nextEvent('other')), 'Extension.UnknownExtensionIdentifier');
});

test('after the code is loaded nobody registers', async () => {
  void nextEvent(await registered('external', [])).catch(() => undefined);
  void runtime('/invocation/next').catch(() => undefined);
  await until(() => kinds().includes('ready'));
  assert.equal(await errorType(await register('late', {})), 'Extension.RegistrationClosed');
});

test('an extension that says it cannot go on ends the environment, before and after the code is loaded', async () => {
  const id = await registered('external', []);
  const headers = {
    'Lambda-Extension-Identifier': id,
    'Lambda-Extension-Function-Error-Type': 'Extension.X',
  };
  const fail = (when: string): Promise<Response> =>
    fetch(`${base}/2020-01-01/extension/${when}/error`, { method: 'POST', headers, body: '{}' });
  assert.equal((await fail('init')).status, 202);
  const [first] = events;
  assert.ok(
    first?.kind === 'init-failed' && first.errorType === 'Extension.InitError',
    JSON.stringify(first),
  );
  void nextEvent(id).catch(() => undefined);
  void runtime('/invocation/next').catch(() => undefined);
  await until(() => kinds().includes('ready'));
  assert.equal((await fail('exit')).status, 202);
  assert.deepEqual(kinds().slice(-2), ['failed', 'broken']);
});

async function errorType(response: Response): Promise<string> {
  return ((await response.json()) as { errorType: string }).errorType;
}
