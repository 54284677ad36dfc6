'use strict';
const fs = require('node:fs');
const { format, types } = require('node:util');
const { toAnswer, toLog } = require('./errors.cjs');

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
/** @type {Record<string, string>} */
const METHODS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

let asJson = false;
let lowest = 0;

/** Reads from the variables how the log is to be written. */
exports.configure = function configure() {
  asJson = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  lowest = asJson ? Math.max(0, LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? '').toUpperCase())) : 0;
};
exports.configure();

let requestId = /** @type {string | undefined} */ (undefined);
/** Which descriptors were written to since the last {@link exports.mark}: bit 1 stdout, bit 2 stderr. */
let written = 0;
/** Descriptors that the function has closed. */
let closed = 0;

/** @param {string | undefined} id */
exports.setRequest = (id) => {
  requestId = id;
};

/**
 * Writes all of it before it returns, so that nothing is lost when the process ends at once.
 * @param {number} fd
 * @param {string} text
 */
function writeAll(fd, text) {
  written |= fd;
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(fd, bytes));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') {
        closed |= fd;
        return;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/**
 * One record of the function's log.
 * @param {string} level
 * @param {unknown[]} values
 */
exports.record = function record(level, ...values) {
  if (LEVELS.indexOf(level) < lowest) return;
  const time = new Date().toISOString();
  if (asJson) writeAll(1, `${jsonRecord(time, level, values)}\n`);
  else writeAll(1, `${time}\t${requestId}\t${level}\t${format(...values)}\n`);
};

/** @param {any} error */
function errorMembers({ name, message, stack }) {
  const stackTrace = String(stack ?? '')
    .split('\n')
    .slice(1);
  return { errorType: name, errorMessage: message, stackTrace };
}

/**
 * The error that ends an invocation, or this process.
 * @param {string} title
 * @param {unknown} error
 */
exports.recordError = function recordError(title, error) {
  if (!asJson) return exports.record('ERROR', title, toLog(error));
  const { errorType, errorMessage, trace } = toAnswer(error);
  const told = { timestamp: new Date().toISOString(), level: 'ERROR', requestId, message: title };
  if (LEVELS.indexOf('ERROR') < lowest) return;
  writeAll(1, `${JSON.stringify({ ...told, errorType, errorMessage, stackTrace: trace.slice(1) })}\n`);
};

/**
 * @param {string} timestamp
 * @param {string} level
 * @param {unknown[]} values
 */
function jsonRecord(timestamp, level, values) {
  const told = { timestamp, level, requestId };
  const [value] = values;
  if (values.length !== 1) {
    const error = values.find((one) => types.isNativeError(one));
    return JSON.stringify({ ...told, message: format(...values), ...(error && errorMembers(error)) });
  }
  if (types.isNativeError(value)) return JSON.stringify({ ...told, message: errorMembers(value) });
  try {
    return JSON.stringify({ ...told, message: value });
  } catch {
    return JSON.stringify({ ...told, message: format(value) });
  }
}

/** Sends everything that the console prints into the function's log. */
exports.patchConsole = function patchConsole() {
  const patched = /** @type {Record<string, Function>} */ (/** @type {unknown} */ (console));
  for (const [method, level] of Object.entries(METHODS)) {
    patched[method] = (/** @type {unknown[]} */ ...values) => exports.record(level, ...values);
  }
  noticeWrites('stdout', 1);
  noticeWrites('stderr', 2);
};

/**
 * Remembers direct writes. The stream itself is made only when somebody asks for it: making it takes time.
 * @param {'stdout' | 'stderr'} name
 * @param {number} bit
 */
function noticeWrites(name, bit) {
  const original = Object.getOwnPropertyDescriptor(process, name);
  /** @type {any} */
  let stream;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      if (stream === undefined) {
        stream = original?.get?.call(process);
        const write = stream.write;
        stream.write = function noticed(/** @type {unknown[]} */ ...values) {
          written |= bit;
          return write.apply(stream, values);
        };
      }
      return stream;
    },
  });
}

/**
 * Ends an invocation's output: a mark behind it on each descriptor that was written to, so that the platform knows
 * when it has read everything.
 * @param {string} id
 * @returns {number} the descriptors that carry a mark: bit 1 stdout, bit 2 stderr
 */
exports.mark = function mark(id) {
  if ((written & 1) !== 0) writeAll(1, `\0end ${id}\n`);
  if ((written & 2) !== 0) writeAll(2, `\0end ${id}\n`);
  const marked = written & ~closed;
  written = 0;
  return marked;
};
