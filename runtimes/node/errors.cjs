'use strict';
const { types } = require('node:util');

/** An error of the runtime itself; `name` is what the caller sees as `errorType`. */
class RuntimeError extends Error {
  /**
   * @param {string} name
   * @param {unknown} reason
   */
  constructor(name, reason) {
    super(String(reason));
    this.name = name;
    // Read now, the stack would begin with one name or the other: its first line is put together here.
    const own = String(this.stack).split('\n').slice(this.message.split('\n').length);
    this.stack = `${name}: ${isError(reason) ? reason.stack : [this.message, ...own].join('\n')}`;
  }
}
exports.RuntimeError = RuntimeError;

/**
 * @param {unknown} value
 * @returns {value is Error}
 */
function isError(value) {
  return types.isNativeError(value) || value instanceof Error;
}

/**
 * An error as the caller of the function gets it.
 * @param {unknown} error
 * @returns {{ errorType: string, errorMessage: string, trace: string[] }}
 */
exports.toAnswer = function toAnswer(error) {
  try {
    if (!isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    const { name, message, stack } = error;
    return { errorType: String(name), errorMessage: String(message), trace: String(stack ?? '').split('\n') };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'callback called with an error that cannot be read',
      trace: [],
    };
  }
};

/**
 * An error as it stands in the log.
 * @param {unknown} error
 * @returns {string}
 */
exports.toLog = function toLog(error) {
  if (!isError(error)) return JSON.stringify(exports.toAnswer(error));
  const { name, message, stack, ...own } = error;
  const told = { errorType: name, errorMessage: message, ...own, stack: String(stack ?? '').split('\n') };
  try {
    return JSON.stringify(told);
  } catch {
    return JSON.stringify(exports.toAnswer(error));
  }
};
