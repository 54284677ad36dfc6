/*
 * What travels between the platform and a runtime of our own, over one Unix socket:
 *
 *   frame  = length (4 bytes, big endian, of all that follows) kind (1 byte)
 *            metaLength (4 bytes, big endian) meta (JSON) body (bytes)
 *
 * The platform sends `invoke`; the runtime sends `ready` once, then `answer`, `error` or `tooLarge` for each
 * `invoke`, or `initError` instead of `ready`.
 */

/** What a frame says. */
export const FRAME = {
  invoke: 1,
  ready: 2,
  answer: 3,
  error: 4,
  initError: 5,
  tooLarge: 6,
  begin: 7,
  piece: 8,
} as const;

/** One frame as received. */
export interface Frame {
  readonly kind: number;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

const LENGTH_BYTES = 4;
const HEAD_BYTES = 9;
/** Room for the meta of the largest answer. */
const META_ROOM_BYTES = 65_536;

/** One frame as bytes. */
export function encodeFrame(kind: number, meta: object, body: Uint8Array): Buffer {
  const metaBytes = Buffer.from(JSON.stringify(meta));
  const frame = Buffer.allocUnsafe(HEAD_BYTES + metaBytes.length + body.length);
  frame.writeUInt32BE(frame.length - LENGTH_BYTES, 0);
  frame.writeUInt8(kind, LENGTH_BYTES);
  frame.writeUInt32BE(metaBytes.length, LENGTH_BYTES + 1);
  frame.set(metaBytes, HEAD_BYTES);
  frame.set(body, HEAD_BYTES + metaBytes.length);
  return frame;
}

/** Puts frames together from chunks. What comes in may be hostile: sizes are checked before anything is kept. */
export class FrameReader {
  readonly #largestBytes: number;
  #chunks: Buffer[] = [];
  #sizeBytes = 0;
  #wantedBytes = LENGTH_BYTES;

  constructor(largestBodyBytes: number) {
    this.#largestBytes = largestBodyBytes + META_ROOM_BYTES;
  }

  /** The frames that `chunk` completes; undefined when the bytes are no frames, and then for good. */
  read(chunk: Buffer): readonly Frame[] | undefined {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    const frames: Frame[] = [];
    while (this.#sizeBytes >= this.#wantedBytes) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      const endBytes = LENGTH_BYTES + all.readUInt32BE(0);
      if (endBytes < HEAD_BYTES || endBytes > this.#largestBytes) return undefined;
      if (all.length < endBytes) {
        this.#keep(all, endBytes);
        break;
      }
      const frame = decode(all.subarray(0, endBytes));
      if (frame === undefined) return undefined;
      frames.push(frame);
      this.#keep(all.subarray(endBytes), LENGTH_BYTES);
    }
    return frames;
  }

  #keep(rest: Buffer, wantedBytes: number): void {
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#sizeBytes = rest.length;
    this.#wantedBytes = wantedBytes;
  }
}

function decode(bytes: Buffer): Frame | undefined {
  const metaEnd = HEAD_BYTES + bytes.readUInt32BE(LENGTH_BYTES + 1);
  if (metaEnd > bytes.length) return undefined;
  const meta = parseObject(bytes.toString('utf8', HEAD_BYTES, metaEnd));
  return meta && { kind: bytes.readUInt8(LENGTH_BYTES), meta, body: bytes.subarray(metaEnd) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
