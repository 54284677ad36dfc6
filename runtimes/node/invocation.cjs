'use strict';
const { contextFor } = require('./context.cjs');

/**
 * One run of the handler. `end(error, result)` is called once: at once for a promise that settles and for a thrown
 * error, when the event loop drains for callbacks (unless the context says not to wait) and for whatever never ends.
 */
exports.Invocation = class Invocation {
  #ended = false;
  /** @type {{ error: unknown, result: unknown } | undefined} */
  #called;
  #end;

  /** @param {(error: unknown, result?: unknown) => void} end */
  constructor(end) {
    this.#end = end;
  }

  /**
   * @param {Function} handler
   * @param {unknown} event
   * @param {any} meta
   */
  run(handler, event, meta) {
    let returned;
    try {
      const context = contextFor(meta, (error, result) => this.#finish(error, result));
      const callback = (/** @type {unknown} */ error, /** @type {unknown} */ result) => {
        if (this.#called !== undefined) return;
        this.#called = { error, result };
        if (!context.callbackWaitsForEmptyEventLoop) setImmediate(() => this.#finish(error, result));
      };
      returned = handler(event, context, callback);
    } catch (error) {
      return this.#fail(error);
    }
    if (typeof returned?.then !== 'function') return;
    returned.then(
      (/** @type {unknown} */ result) => this.#finish(null, result),
      (/** @type {unknown} */ error) => this.#fail(error),
    );
  }

  /** Nothing is left to happen in this process. */
  drained() {
    this.#finish(this.#called?.error, this.#called?.result);
  }

  /**
   * A thrown nothing is an error too, unlike a callback's.
   * @param {unknown} error
   */
  #fail(error) {
    this.#finish(error ?? new Error(String(error)));
  }

  /**
   * @param {unknown} error
   * @param {unknown} [result]
   */
  #finish(error, result) {
    if (this.#ended) return;
    this.#ended = true;
    this.#end(error ?? undefined, result);
  }
};
