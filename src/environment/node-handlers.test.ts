import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerOf, logOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

const forms: Readonly<Record<string, { files: Files; handler?: string; expected: unknown }>> = {
  'an async handler of an ES module': {
    files: { 'index.mjs': 'export const handler = async (event) => ({ got: event.a });' },
    expected: { got: 1 },
  },
  'an ES module by package.json, with top-level await': {
    files: {
      'index.js': 'const b = await Promise.resolve(2); export const handler = async (e) => e.a + b;',
      'package.json': '{"type":"module"}',
    },
    expected: 3,
  },
  CommonJS: {
    files: {
      'index.js': 'exports.handler = async (event) => require("./other").twice(event.a);',
      'other.js': 'exports.twice = (n) => n * 2;',
    },
    expected: 2,
  },
  'a nested handler path': {
    files: { 'dir/deep/file.js': 'exports.a = { b: async () => "nested" };' },
    handler: 'dir/deep/file.a.b',
    expected: 'nested',
  },
  'a callback, answered when the event loop is empty': {
    files: {
      'index.js':
        'exports.handler = (e, c, done) => { const told = { late: false }; setTimeout(() => { told.late = true; }, 30); done(null, told); };',
    },
    expected: { late: true },
  },
  'a callback that need not wait': {
    files: {
      'index.js':
        'exports.handler = (e, c, done) => { c.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1e6); done(null, "now"); };',
    },
    expected: 'now',
  },
  'context.done': {
    files: {
      'index.js':
        'exports.handler = (e, context) => { setInterval(() => {}, 1e6); context.done(null, "done"); };',
    },
    expected: 'done',
  },
  'context.succeed': {
    files: { 'index.js': 'exports.handler = (e, context) => { context.succeed(7); };' },
    expected: 7,
  },
  'an async handler that never settles, once the event loop is empty': {
    files: { 'index.js': 'exports.handler = async () => { await new Promise(() => {}); };' },
    expected: null,
  },
  'a handler that answers undefined': {
    files: { 'index.js': 'exports.handler = async () => {};' },
    expected: null,
  },
  'TypeScript with imports of other TypeScript files': {
    files: {
      'index.ts':
        'import { twice } from "./lib/twice.ts";\nimport type { E } from "./e.ts";\nexport const handler = async (event: E): Promise<number> => twice(event.a as number);',
      'e.ts': 'export interface E { a: number }',
      'lib/twice.ts': 'export function twice(n: number): number { return n * 2; }',
      'package.json': '{"type":"commonjs"}',
    },
    expected: 2,
  },
  'a nested handler path into an ES module that waits while it is loaded': {
    files: {
      'dir/mod.mjs':
        'const { sep } = await import("node:path"); export const a = { b: { c: async (e) => e.a + sep } };',
    },
    handler: 'dir/mod.a.b.c',
    expected: '1/',
  },
  'TypeScript with top-level await, in a folder': {
    files: {
      'src/app.ts':
        'import { add } from "./add.js"; const base: number = await Promise.resolve(10); export const handler = async (e: { a: number }): Promise<number> => add(base, e.a);',
      'src/add.ts': 'export const add = (one: number, other: number): number => one + other;',
    },
    handler: 'src/app.handler',
    expected: 11,
  },
  'a streaming handler in TypeScript, collected': {
    files: {
      'index.mts':
        'declare const awslambda: any; export const handler = awslambda.streamifyResponse(async (e: { a: number }, stream: NodeJS.WritableStream) => { stream.end(JSON.stringify([e.a])); });',
    },
    expected: [1],
  },
  'TypeScript in CommonJS': {
    files: {
      'index.cts':
        'const { one } = require("./one.js"); exports.handler = async (e: { a: number }) => e.a + one;',
      'one.ts': 'exports.one = 1 as number;',
    },
    expected: 2,
  },
};

for (const [form, { files, handler, expected }] of Object.entries(forms)) {
  test(`answers: ${form}`, async () => {
    const result = await rooms.run(files, { a: 1 }, handler === undefined ? {} : { handler });
    assert.deepEqual(answerOf(result), expected, logOf(result));
    assert.equal(result.kind, 'answered');
  });
}

test('every runtime id of Node is answered for, and told to the function', async () => {
  for (const version of [18, 20, 22, 24, 26]) {
    const runtime = `nodejs${version}.x`;
    const code = 'exports.handler = async () => process.env.AWS_EXECUTION_ENV;';
    assert.equal(answerOf(await rooms.run({ 'index.js': code }, {}, { runtime })), `AWS_Lambda_${runtime}`);
  }
});

test('the context is complete, and variables cannot replace what the platform sets', async () => {
  const result = await rooms.run(
    {
      'index.js':
        'exports.handler = async (e, c) => ({ ...c, remaining: c.getRemainingTimeInMillis(), name: process.env.AWS_LAMBDA_FUNCTION_NAME, mine: process.env.MINE, endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_REGION });',
    },
    {},
    { variables: { MINE: 'yes', AWS_LAMBDA_FUNCTION_NAME: 'forged' } },
  );
  const told = answerOf(result) as Record<string, string> & { readonly remaining: number };
  assert.match(told['name'] ?? '', /^f-/);
  assert.equal(told['functionName'], told['name']);
  assert.equal(told['mine'], 'yes');
  assert.equal(told['endpoint'], 'http://127.0.0.1:9');
  assert.equal(told['region'], 'us-east-1');
  assert.equal(told['memoryLimitInMB'], '256');
  assert.equal(told['functionVersion'], '$LATEST');
  assert.equal(told['logGroupName'], `/aws/lambda/${told['name']}`);
  assert.match(told['logStreamName'] ?? '', /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  assert.equal(told['invokedFunctionArn'], `arn:aws:lambda:us-east-1:000000000000:function:${told['name']}`);
  assert.ok(told.remaining > 10_000 && told.remaining <= 20_000);
});

test('an environment is used again, also after it was frozen', async () => {
  const record = await rooms.deploy({ 'index.js': 'let n = 0; exports.handler = async () => (n += 1);' });
  assert.equal(answerOf(await rooms.invoke(record)), 1);
  const again = await rooms.invoke(record);
  assert.equal(answerOf(again), 2);
  assert.equal(again.initDurationMs, undefined);
});

test('many invocations at once each run, in environments of their own', async () => {
  const record = await rooms.deploy({
    'index.js':
      'let busy = 0; exports.handler = async () => { busy += 1; await new Promise((r) => setTimeout(r, 200)); const seen = busy; busy -= 1; return seen; };',
  });
  const results = await Promise.all(Array.from({ length: 12 }, () => rooms.invoke(record)));
  assert.deepEqual(
    results.map(answerOf),
    Array.from({ length: 12 }, () => 1),
  );
});
