import type { IncomingMessage } from 'node:http';

/** A request's body, read to its end. */
export type RequestBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'truncated' };

/** Clients that send all before they listen hear the answer if no more than this is beyond the limit. */
const MOST_DROPPED_BYTES = 67_108_864;

/** Reads a body of at most `limitBytes`; what is beyond is read and dropped, so that the answer can be heard, but not without end. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= limitBytes) chunks.push(chunk);
      else chunks = [];
      if (sizeBytes > limitBytes) resolve({ kind: 'too-large' });
      if (sizeBytes > limitBytes + MOST_DROPPED_BYTES) request.destroy();
    });
    request.on('end', () => resolve({ kind: 'whole', bytes: Buffer.concat(chunks) }));
    request.on('close', () => resolve({ kind: 'truncated' }));
  });
}
