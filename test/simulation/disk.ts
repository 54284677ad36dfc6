import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Random } from '../../src/base/random.ts';

/** Length and checksum before each record. */
const HEAD_BYTES = 8;

/**
 * A disk that keeps bytes. What was synced stays; of what was only written a crash leaves a part, cut anywhere, and
 * possibly with a hole. Records are read back up to the first that is not whole.
 */
export class SimulatedDisk {
  readonly #synced: Buffer[] = [];
  #written: Buffer[] = [];

  /** Writes a record behind all others; it is durable after the next sync. */
  write(record: unknown): void {
    const bytes = serialize(record);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(crc32(bytes), 4);
    this.#written.push(Buffer.concat([head, bytes]));
  }

  /** Makes the oldest written record durable. */
  sync(): void {
    const oldest = this.#written.shift();
    if (oldest !== undefined) this.#synced.push(oldest);
  }

  /** The power goes: what is left of the unsynced bytes is a matter of luck. Answers how many bytes that is. */
  crash(random: Random): number {
    const unsynced = Buffer.concat(this.#written);
    const left = Buffer.from(unsynced.subarray(0, Math.floor(random.fraction() * (unsynced.length + 1))));
    if (left.length > 0 && random.fraction() < 0.3) {
      const from = Math.floor(random.fraction() * left.length);
      left.fill(0, from, Math.min(from + 64, left.length));
    }
    this.#written = [];
    if (left.length > 0) this.#synced.push(left);
    return left.length;
  }

  /** Every whole record, in order; what comes behind a torn one is cut off, as a log does. */
  read(): unknown[] {
    const bytes = Buffer.concat(this.#synced);
    const records: unknown[] = [];
    let at = 0;
    while (at + HEAD_BYTES <= bytes.length) {
      const end = at + HEAD_BYTES + bytes.readUInt32LE(at);
      const body = bytes.subarray(at + HEAD_BYTES, end);
      if (end > bytes.length || body.length === 0 || crc32(body) !== bytes.readUInt32LE(at + 4)) break;
      records.push(deserialize(body));
      at = end;
    }
    this.#synced.length = 0;
    if (at > 0) this.#synced.push(bytes.subarray(0, at));
    return records;
  }
}
