import type { IncomingMessage } from 'node:http';

/** What came of reading a body. */
export type BodyRead = Buffer | 'too-large' | 'too-much-at-once' | 'hung-up';

const NO_BODY = Buffer.alloc(0);

/** Bytes of bodies that may be in memory at once, over all requests. */
export class ByteBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Takes bytes, if there are so many left. */
  take(sizeBytes: number): boolean {
    if (this.#usedBytes + sizeBytes > this.#limitBytes) return false;
    this.#usedBytes += sizeBytes;
    return true;
  }

  /** Gives taken bytes back. */
  give(sizeBytes: number): void {
    this.#usedBytes -= sizeBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }
}

/**
 * Reads a request's body. The bytes of a body that was read are taken from the budget: the caller gives them back.
 * Of a body that is too large the rest is read and thrown away, so that the client can hear the answer;
 * the server's time-out for requests bounds that.
 */
export function readBody(
  incoming: IncomingMessage,
  limitBytes: number,
  budget: ByteBudget,
): Promise<BodyRead> {
  const { headers } = incoming;
  const declared = headers['content-length'];
  if (declared === '0' || (declared === undefined && headers['transfer-encoding'] === undefined)) {
    return Promise.resolve(NO_BODY);
  }
  if (incoming.destroyed) return Promise.resolve('hung-up');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    let refused: 'too-large' | 'too-much-at-once' | undefined =
      declared !== undefined && Number(declared) > limitBytes ? 'too-large' : undefined;
    let ended = false;
    incoming.on('data', (chunk: Buffer) => {
      if (refused !== undefined) return;
      if (sizeBytes + chunk.length > limitBytes) refused = 'too-large';
      else if (!budget.take(chunk.length)) refused = 'too-much-at-once';
      if (refused === undefined) {
        sizeBytes += chunk.length;
        chunks.push(chunk);
        return;
      }
      giveBack();
    });
    incoming.once('end', () => {
      ended = true;
      resolve(refused ?? whole(chunks, sizeBytes));
    });
    incoming.once('close', () => {
      if (ended) return;
      giveBack();
      resolve('hung-up');
    });
    function giveBack(): void {
      budget.give(sizeBytes);
      sizeBytes = 0;
      chunks.length = 0;
    }
  });
}

function whole(chunks: readonly Buffer[], sizeBytes: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, sizeBytes);
}
