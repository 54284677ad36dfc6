'use strict';
/*
 * What travels between the platform and a runtime of its own, over one Unix socket:
 *
 *   frame  = length (4 bytes, big endian, of all that follows) kind (1 byte)
 *            metaLength (4 bytes, big endian) meta (JSON) body (bytes)
 *
 * The platform sends `invoke`; the runtime sends `ready` once, then `answer`, `error` or `tooLarge` for each
 * `invoke`, or `initError` instead of `ready`. An answer in pieces: `begin`, any number of `piece`, and an `answer`
 * without a body that says `isStreamed`, or an `error`.
 */
exports.KIND = { invoke: 1, ready: 2, answer: 3, error: 4, initError: 5, tooLarge: 6, begin: 7, piece: 8 };

const HEAD_BYTES = 9;

/**
 * One frame as bytes.
 * @param {number} kind
 * @param {object} meta
 * @param {Uint8Array | string} [body]
 * @returns {Buffer}
 */
exports.encode = function encode(kind, meta, body = '') {
  const metaText = JSON.stringify(meta);
  const metaBytes = Buffer.byteLength(metaText);
  const bodyAt = HEAD_BYTES + metaBytes;
  const frame = Buffer.allocUnsafe(bodyAt + Buffer.byteLength(body));
  frame.writeUInt32BE(frame.length - 4, 0);
  frame[4] = kind;
  frame.writeUInt32BE(metaBytes, 5);
  frame.write(metaText, HEAD_BYTES);
  if (typeof body === 'string') frame.write(body, bodyAt);
  else frame.set(body, bodyAt);
  return frame;
};

/**
 * A function that takes chunks as they come and calls `onFrame` for each whole frame. What it keeps of a chunk it copies.
 * @param {(kind: number, meta: any, body: Buffer) => void} onFrame
 * @returns {(chunk: Buffer) => void}
 */
exports.decoder = function decoder(onFrame) {
  /** @type {Buffer[]} */
  let chunks = [];
  let sizeBytes = 0;
  let wantedBytes = 4;
  return (chunk) => {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    while (sizeBytes >= wantedBytes) {
      const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      const endBytes = 4 + all.readUInt32BE(0);
      if (sizeBytes >= endBytes) {
        const rest = all.subarray(endBytes);
        chunks = rest.length > 0 ? [rest] : [];
        sizeBytes = rest.length;
        wantedBytes = 4;
        const metaEnd = HEAD_BYTES + all.readUInt32BE(5);
        const meta = JSON.parse(all.toString('utf8', HEAD_BYTES, metaEnd));
        onFrame(all[4], meta, all.subarray(metaEnd, endBytes));
      } else {
        chunks = [all];
        wantedBytes = endBytes;
      }
    }
    const last = chunks.pop();
    if (last !== undefined) chunks.push(Buffer.from(last));
  };
};
