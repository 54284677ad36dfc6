import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { errorOf } from './fixture/results.ts';
import { openRooms, type Files, type Rooms } from './fixture/rooms.ts';

let rooms: Rooms;
before(async () => {
  rooms = await openRooms();
});
after(() => rooms[Symbol.asyncDispose]());

const failures: Readonly<
  Record<string, { files: Files; handler?: string; kind: string; type: string; message: RegExp }>
> = {
  'a thrown error': {
    files: {
      'index.js':
        'class Odd extends Error { name = "Odd" } exports.handler = async () => { throw new Odd("boom"); };',
    },
    kind: 'function-error',
    type: 'Odd',
    message: /^boom$/,
  },
  'an error thrown before any promise': {
    files: { 'index.js': 'exports.handler = () => { throw new TypeError("at once"); };' },
    kind: 'function-error',
    type: 'TypeError',
    message: /^at once$/,
  },
  'a thrown text': {
    files: { 'index.js': 'exports.handler = async () => { throw "text"; };' },
    kind: 'function-error',
    type: 'string',
    message: /^text$/,
  },
  'a callback with an error': {
    files: { 'index.js': 'exports.handler = (e, c, done) => done(new Error("called"));' },
    kind: 'function-error',
    type: 'Error',
    message: /^called$/,
  },
  'an answer that is no JSON': {
    files: { 'index.js': 'exports.handler = async () => 1n;' },
    kind: 'function-error',
    type: 'Error',
    message: /^Unable to stringify response body$/,
  },
  'an uncaught exception': {
    files: {
      'index.js':
        'exports.handler = async () => { setTimeout(() => { throw new RangeError("later"); }, 1); await new Promise((r) => setTimeout(r, 1e4)); };',
    },
    kind: 'function-error',
    type: 'RangeError',
    message: /^later$/,
  },
  'an unhandled rejection': {
    files: {
      'index.js':
        'exports.handler = async () => { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 1e4)); };',
    },
    kind: 'function-error',
    type: 'Runtime.UnhandledPromiseRejection',
    message: /^Error: lost$/,
  },
  'a missing file': {
    files: { 'other.js': '' },
    kind: 'init-error',
    type: 'Runtime.ImportModuleError',
    message: /^Error: Cannot find module '\.\/index'/,
  },
  'a missing dependency': {
    files: { 'index.js': 'require("nowhere");' },
    kind: 'init-error',
    type: 'Runtime.ImportModuleError',
    message: /^Error: Cannot find module 'nowhere'/,
  },
  'a dependency that an ES module misses': {
    files: { 'index.mjs': 'import "not-there"; export const handler = async () => 1;' },
    kind: 'init-error',
    type: 'Error',
    message: /Cannot find package 'not-there'/,
  },
  'a missing export': {
    files: { 'index.js': 'exports.other = 1;' },
    kind: 'init-error',
    type: 'Runtime.HandlerNotFound',
    message: /^index\.handler is undefined or not exported$/,
  },
  'an export that is no function': {
    files: { 'index.js': 'exports.handler = 1;' },
    kind: 'init-error',
    type: 'Runtime.HandlerNotFound',
    message: /^index\.handler is not a function$/,
  },
  'a syntax error': {
    files: { 'index.js': 'exports.handler = async () => {' },
    kind: 'init-error',
    type: 'Runtime.UserCodeSyntaxError',
    message: /^SyntaxError: /,
  },
  'TypeScript that cannot be stripped': {
    files: { 'index.ts': 'enum A { b }\nexport const handler = async () => A.b;' },
    kind: 'init-error',
    type: 'Runtime.UserCodeSyntaxError',
    message: /index\.ts: .*enum/,
  },
  'a handler name without a dot': {
    files: { 'index.js': '' },
    handler: 'index',
    kind: 'init-error',
    type: 'Runtime.MalformedHandlerName',
    message: /^Bad handler$/,
  },
  'a handler name that climbs': {
    files: { 'index.js': '' },
    handler: '../index.handler',
    kind: 'init-error',
    type: 'Runtime.MalformedHandlerName',
    message: /is not a valid handler name/,
  },
  'an error while loading': {
    files: { 'index.js': 'throw new Error("at load");' },
    kind: 'init-error',
    type: 'Error',
    message: /^at load$/,
  },
};

for (const [failure, { files, handler, kind, type, message }] of Object.entries(failures)) {
  test(`tells the caller: ${failure}`, async () => {
    const result = await rooms.run(files, {}, handler === undefined ? {} : { handler });
    const told = errorOf(result);
    assert.equal(told.errorType, type, JSON.stringify(told));
    assert.match(told.errorMessage, message);
    assert.ok(Array.isArray(told.trace));
    assert.equal(result.kind, kind);
  });
}

test('the trace of an error of the runtime begins with its type, as AWS prints it', async () => {
  const result = await rooms.run({ 'index.js': 'require("nowhere");' });
  assert.match(
    errorOf(result).trace?.[0] ?? '',
    /^Runtime\.ImportModuleError: Error: Cannot find module 'nowhere'$/,
  );
  const missing = await rooms.run({ 'index.js': '' });
  assert.match(
    errorOf(missing).trace?.[0] ?? '',
    /^Runtime\.HandlerNotFound: index\.handler is undefined or not/,
  );
});
