'use strict';
const { Writable } = require('node:stream');

/** Larger writes go out in several pieces. */
const LARGEST_PIECE_BYTES = 1_048_576;

/** What a streaming handler writes its answer to. */
exports.ResponseStream = class ResponseStream extends Writable {
  #contentType = 'application/octet-stream';
  #hasBegun = false;
  #sources = 0;
  #send;
  /**
   * Set by `HttpResponseStream.from`: writes what stands before the body.
   * @type {((write: (bytes: Uint8Array | string) => void) => void) | undefined}
   */
  _onBeforeFirstWrite;

  /**
   * @param {{ begin(contentType: string): void, piece(bytes: Buffer, sent: () => void): void }} send
   * @param {number | undefined} highWaterMark
   */
  constructor(send, highWaterMark) {
    super(highWaterMark === undefined ? {} : { highWaterMark });
    this.#send = send;
    this.on('pipe', () => (this.#sources += 1));
    this.on('unpipe', () => (this.#sources -= 1));
  }

  /** @param {string} contentType */
  setContentType(contentType) {
    if (this.#hasBegun) throw new Error('Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  /**
   * Values that are neither text nor bytes are written as JSON.
   * @param {any} chunk
   * @param {any[]} rest
   */
  write(chunk, ...rest) {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array || chunk === null;
    return super.write(isPlain ? chunk : JSON.stringify(chunk), ...rest);
  }

  /** A handler that has returned is done, unless something still flows into its answer. */
  endUnlessPiped() {
    if (this.#sources === 0) this.end();
  }

  /**
   * @param {Buffer} chunk
   * @param {string} _encoding
   * @param {() => void} done
   */
  _write(chunk, _encoding, done) {
    this.#begin();
    let at = 0;
    for (; at + LARGEST_PIECE_BYTES < chunk.length; at += LARGEST_PIECE_BYTES) {
      this.#send.piece(chunk.subarray(at, at + LARGEST_PIECE_BYTES), () => {});
    }
    this.#send.piece(chunk.subarray(at), done);
  }

  /** @param {() => void} done */
  _final(done) {
    this.#begin();
    done();
  }

  #begin() {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#send.begin(this.#contentType);
    this._onBeforeFirstWrite?.((bytes) => this.#send.piece(Buffer.from(bytes), () => {}));
  }
};
