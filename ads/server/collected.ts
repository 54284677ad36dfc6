import { once } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * All bytes of a stream, for the AWS SDK's `streamCollector`. The SDK's own pipes each answer into a stream of its own;
 * that keeps answers alive well after they were read, and V8 copies them at each collection of young objects, while
 * nobody is answered. Rejects when the stream fails, also when it ends before its end.
 */
export async function collected(stream: Readable): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  await once(stream, 'end');
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}
