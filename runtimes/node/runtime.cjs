'use strict';
// Runs one Node function inside its sandbox: loads the handler once, then one invocation after the other.
const fs = require('node:fs');
const { env } = process;
// Each file that is loaded costs time at every start: some only where they are needed.
const spare = env.MILLRACE_SPARE === undefined ? undefined : require('./spare.cjs');
/** @type {typeof import('./compile-cache.cjs') | undefined} */
let compileCache;
beginCompileCache();
const { Channel } = require('./channel.cjs');
const context = require('./context.cjs');
const { toAnswer, RuntimeError } = require('./errors.cjs');
const { KIND, decoder, encode } = require('./frames.cjs');
const { Invocation } = require('./invocation.cjs');
const { load } = require('./loader.cjs');
const { configure, mark, patchConsole, recordError, setRequest } = require('./log.cjs');

/** As the platform counts it: 6 MiB and 100 bytes. */
const LARGEST_ANSWER_BYTES = 6_291_556;
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;
/** What AWS's runtime marks handlers with that answer in pieces; wrappers copy it from one function to another. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

const channel = new Channel(String(env.MILLRACE_SOCKET), decoder(onFrame));
const { socket } = channel;
delete env.MILLRACE_SOCKET;
// While the function's own code runs, only its own work keeps the event loop going.
socket.unref();

/** @type {Function | undefined} */
let handler;
/** @type {{ invocation: { drained(): void }, requestId: string } | undefined} */
let current;
let isEnding = false;

patchConsole();
Object.defineProperty(globalThis, 'awslambda', {
  configurable: true,
  get: () => require('./streaming.cjs').awslambda,
  set: (value) => {
    Object.defineProperty(globalThis, 'awslambda', { value, writable: true, configurable: true });
  },
});
process.on('uncaughtException', (error) => endProcess(error, 'Uncaught Exception', EXIT_UNCAUGHT_EXCEPTION));
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', reason);
  endProcess(error, 'Unhandled Promise Rejection', EXIT_UNHANDLED_REJECTION);
});
process.on('beforeExit', () => current?.invocation.drained());
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));

if (spare === undefined) begin();
else {
  void spare.awaited(practise).then(() => {
    beginCompileCache();
    configure();
    begin();
  });
}

/** Begins to use, or to make, the compile cache that the variables name, if they name one. */
function beginCompileCache() {
  if (env.MILLRACE_USE_CACHE === undefined && env.MILLRACE_MAKE_CACHE === undefined) return;
  compileCache = require('./compile-cache.cjs');
  compileCache.begin();
}

/**
 * Answers an invocation that nobody has asked for: the platform does not hear the answer.
 * @param {Function} practised
 * @returns {Promise<void>}
 */
async function practise(practised) {
  handler = practised;
  onFrame(KIND.invoke, { requestId: '', remainingMs: 0 }, Buffer.from('{}'));
  while (current !== undefined) await new Promise((resolve) => setImmediate(resolve));
  handler = undefined;
  setRequest(undefined);
  socket.unref();
}

/** Loads the function, whose variables are all there now. */
function begin() {
  const folders = (env.NODE_PATH ?? '').split(':').filter((folder) => fs.existsSync(folder));
  if (folders.length > 0) require('./module-paths.cjs').findForModules(folders);
  load(String(env.LAMBDA_TASK_ROOT), String(env._HANDLER)).then(
    (loaded) => {
      if (compileCache?.isMaking) return compileCache.finish();
      handler = loaded;
      context.configure();
      channel.write(encode(KIND.ready, {}));
      socket.ref();
    },
    (error) => endProcess(error, 'Uncaught Exception', EXIT_UNCAUGHT_EXCEPTION),
  );
}

/**
 * @param {number} kind
 * @param {any} meta
 * @param {Buffer} body
 */
function onFrame(kind, meta, body) {
  if (kind !== KIND.invoke || handler === undefined) return;
  const { requestId } = meta;
  setRequest(requestId);
  if (meta.traceId === undefined) delete env._X_AMZN_TRACE_ID;
  else env._X_AMZN_TRACE_ID = meta.traceId;
  const invocation = invocationOf(handler, requestId);
  current = { invocation, requestId };
  socket.unref();
  let event;
  try {
    event = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return answer(requestId, error, undefined);
  }
  invocation.run(handler, event, meta);
}

/**
 * @param {Function} called
 * @param {string} requestId
 */
function invocationOf(called, requestId) {
  if (/** @type {any} */ (called)[STREAMING] !== 'response') {
    return new Invocation((error, result) => answer(requestId, error, result));
  }
  const end = (/** @type {unknown} */ error) => {
    if (error !== undefined) return answer(requestId, error, undefined);
    finish(encode(KIND.answer, { requestId, isStreamed: true, marks: mark(requestId) }));
  };
  const { StreamedInvocation } = require('./streaming.cjs');
  return new StreamedInvocation(end, {
    begin: (contentType) => channel.write(encode(KIND.begin, { requestId, contentType })),
    piece: (bytes, sent) => channel.write(encode(KIND.piece, { requestId }, bytes), sent),
  });
}

/**
 * @param {string} requestId
 * @param {unknown} error
 * @param {unknown} result
 */
function answer(requestId, error, result) {
  if (isEnding) return;
  finish(error === undefined ? answerFrame(requestId, result) : errorFrame(requestId, error));
}

/** @param {Buffer} lastFrame the end of the invocation that runs */
function finish(lastFrame) {
  if (isEnding) return;
  current = undefined;
  channel.write(lastFrame);
  socket.ref();
}

/**
 * @param {string} requestId
 * @param {unknown} result
 */
function answerFrame(requestId, result) {
  let text;
  try {
    text = JSON.stringify(result) ?? 'null';
  } catch {
    return errorFrame(requestId, new Error('Unable to stringify response body'));
  }
  const isTooLarge = Buffer.byteLength(text) > LARGEST_ANSWER_BYTES;
  const meta = { requestId, marks: mark(requestId) };
  return isTooLarge ? encode(KIND.tooLarge, meta) : encode(KIND.answer, meta, text);
}

/**
 * @param {string} requestId
 * @param {unknown} error
 */
function errorFrame(requestId, error) {
  recordError('Invoke Error', error);
  return toErrorFrame(requestId, error, false);
}

/**
 * @param {string} requestId
 * @param {unknown} error
 * @param {boolean} isLast
 */
function toErrorFrame(requestId, error, isLast) {
  const { errorType, errorMessage, trace } = toAnswer(error);
  const meta = { requestId, errorType, errorMessage, isLast, marks: mark(requestId) };
  return encode(KIND.error, meta, JSON.stringify({ errorType, errorMessage, trace }));
}

/**
 * Tells the platform why, then ends this process.
 * @param {unknown} error
 * @param {string} title
 * @param {number} code
 */
function endProcess(error, title, code) {
  if (isEnding) return;
  isEnding = true;
  recordError(title, error);
  socket.removeAllListeners('close');
  socket.end(farewell(error), () => process.exit(code));
  socket.ref();
}

/** @param {unknown} error */
function farewell(error) {
  if (handler !== undefined && current !== undefined) return toErrorFrame(current.requestId, error, true);
  const { errorType, errorMessage, trace } = toAnswer(error);
  const meta = { errorType, errorMessage, marks: mark('init') };
  return encode(KIND.initError, meta, JSON.stringify({ errorType, errorMessage, trace }));
}
