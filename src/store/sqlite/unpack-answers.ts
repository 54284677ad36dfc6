import type { QueueId } from '../../base/ids.ts';
import type { RememberedSends } from '../change.ts';
import type { StoredPlace, StoredQueue } from '../queue-store.ts';
import { Unpacker, type Packed } from './packed.ts';
import type { PackedQueues } from './stored-queues.ts';

/** Queues with their leases and delays. */
export function unpackQueues(packed: PackedQueues): StoredQueue[] {
  const rows = new Unpacker(packed);
  return packed.queues.map(({ leaseCount, delayedCount, queue, ...facts }) => {
    const leases = Array.from({ length: leaseCount }, () => unpackPlace(rows));
    const delayed = Array.from({ length: delayedCount }, () => unpackPlace(rows));
    return { ...facts, queue: queue as QueueId, leases, delayed };
  });
}

/** Rows of places. */
export function unpackPlaces(packed: Packed): StoredPlace[] {
  const places: StoredPlace[] = [];
  const rows = new Unpacker(packed);
  while (!rows.isAtEnd) places.push(unpackPlace(rows));
  return places;
}

function unpackPlace(rows: Unpacker): StoredPlace {
  return { order: rows.number(), state: rows.state(), sentAtMs: rows.number(), lane: rows.number() };
}

/** Bytes as numbers of four: where they are if numbers may begin there, else as a copy. */
function numbersOf(bytes: Buffer): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

/** Rows of remembered sends. */
export function unpackSends(packed: Packed): RememberedSends[] {
  const sends: RememberedSends[] = [];
  const rows = new Unpacker(packed);
  while (!rows.isAtEnd) {
    const [firstOrder, atMs] = [rows.number(), rows.number()];
    sends.push({ firstOrder, atMs, keys: numbersOf(rows.content()) });
  }
  return sends;
}
