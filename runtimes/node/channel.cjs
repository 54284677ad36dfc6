'use strict';
const { writeSync } = require('node:fs');
const net = require('node:net');

/** What is read at a time. */
const READ_BYTES = 65_536;

/**
 * A connection to the platform: what comes is handed on from one buffer, and what goes out is written at once as far as there is room.
 * Node's streams, which would do more than is needed here, are passed by: their code is not warm when an invocation comes.
 */
exports.Channel = class Channel {
  #socket;

  /**
   * @param {string} path
   * @param {(bytes: Buffer) => void} hear takes what has come; the bytes are good until it returns
   */
  constructor(path, hear) {
    const callback = (/** @type {number} */ sizeBytes, /** @type {Buffer} */ bytes) => {
      hear(bytes.subarray(0, sizeBytes));
      return true;
    };
    this.#socket = net.connect({ path, onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback } });
  }

  /** The socket, for its events and its end. */
  get socket() {
    return this.#socket;
  }

  /**
   * @param {Buffer} bytes
   * @param {() => void} [sent]
   */
  write(bytes, sent) {
    const socket = this.#socket;
    const rest =
      socket.connecting || socket.writableLength > 0 ? bytes : bytes.subarray(writtenBytes(socket, bytes));
    if (rest.length > 0) socket.write(rest, sent);
    else sent?.();
  }
};

/**
 * How many bytes there was room for. What cannot be written is left to the stream, which also tells of errors.
 * @param {any} socket
 * @param {Buffer} bytes
 */
function writtenBytes(socket, bytes) {
  try {
    return writeSync(socket._handle.fd, bytes);
  } catch {
    return 0;
  }
}
