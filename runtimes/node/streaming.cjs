'use strict';
// Answers in pieces: `awslambda.streamifyResponse(async (event, responseStream, context) => …)`.
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';

class HttpResponseStream {
  /**
   * Makes the first bytes of a stream say status, headers and cookies: JSON, eight NULs, then the body.
   * @param {any} stream
   * @param {object} prelude
   */
  static from(stream, prelude) {
    stream.setContentType(HTTP_INTEGRATION);
    stream._onBeforeFirstWrite = (/** @type {(bytes: Uint8Array | string) => void} */ write) => {
      write(JSON.stringify(prelude));
      write(new Uint8Array(8));
    };
    return stream;
  }
}

/** The global `awslambda`, as functions on AWS find it. */
exports.awslambda = {
  /**
   * @param {any} handler
   * @param {any} [options]
   */
  streamifyResponse(handler, options) {
    handler[STREAMING] = 'response';
    if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = options.highWaterMark;
    return handler;
  },
  HttpResponseStream,
};

/** One run of a handler that answers in pieces. `end(error)` is called once, when the last piece has been sent. */
exports.StreamedInvocation = class StreamedInvocation {
  #ended = false;
  #end;
  #send;
  /** @type {any} */
  #stream;

  /**
   * @param {(error: unknown) => void} end
   * @param {{ begin(contentType: string): void, piece(bytes: Buffer, sent: () => void): void }} send
   */
  constructor(end, send) {
    this.#end = end;
    this.#send = send;
  }

  /**
   * @param {Function} handler
   * @param {unknown} event
   * @param {any} meta
   */
  run(handler, event, meta) {
    // Loading streams takes time that other functions do not have to spend.
    const { contextFor } = require('./context.cjs');
    const { ResponseStream } = require('./response-stream.cjs');
    const stream = new ResponseStream(this.#send, /** @type {any} */ (handler)[HIGH_WATER_MARK]);
    this.#stream = stream;
    stream.on('finish', () => this.#finish(undefined));
    stream.on('error', (/** @type {unknown} */ error) => this.#fail(error));
    try {
      const context = contextFor(meta, (error) => (error ? this.#fail(error) : stream.end()));
      const returned = handler(event, stream, context);
      if (typeof returned?.then !== 'function') return;
      returned.then(
        () => stream.endUnlessPiped(),
        (/** @type {unknown} */ error) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nothing is left to happen in this process: what has been written is the answer. */
  drained() {
    this.#stream?.end();
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#finish(error ?? new Error(String(error)));
  }

  /** @param {unknown} error */
  #finish(error) {
    if (this.#ended) return;
    this.#ended = true;
    this.#end(error);
    if (error !== undefined) this.#stream?.destroy();
  }
};
