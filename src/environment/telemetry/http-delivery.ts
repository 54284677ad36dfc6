import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { assert } from '../../base/assert.ts';
import { Agent, request } from '../../base/node-http.ts';
import type { ConnectInside } from './connect-inside.ts';
import type { Delivery } from './subscriber.ts';
import type { Destination } from './subscription.ts';
import type { Batch } from './waiting-records.ts';

/** What of an answer is read, so that its connection can serve again; it is not looked at. */
const READ_OF_ANSWER_BYTES = 65_536;

/** What came of one attempt; `again`: a kept connection had been closed by its listener. */
type Outcome = 'taken' | 'refused' | 'again';

/** Posts batches to a listener that speaks HTTP, over one connection that is kept. */
export class HttpDelivery implements Delivery {
  readonly #destination: Extract<Destination, { readonly protocol: 'HTTP' }>;
  readonly #connectInside: ConnectInside;
  readonly #agent = new InsideAgent({ keepAlive: true });
  #abort = new AbortController();

  constructor(
    destination: Extract<Destination, { readonly protocol: 'HTTP' }>,
    connectInside: ConnectInside,
  ) {
    this.#destination = destination;
    this.#connectInside = connectInside;
  }

  async send(batch: Batch): Promise<boolean> {
    const body = Buffer.from(`[${batch.records.join(',')}]`);
    for (const mayRepeat of [true, false]) {
      const outcome = await this.#attempt(body);
      if (outcome !== 'again' || !mayRepeat) return outcome === 'taken';
    }
    return false;
  }

  abort(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#agent.destroy();
  }

  async #attempt(body: Buffer): Promise<Outcome> {
    if (!this.#agent.hasConnection) {
      // One whose listener has not come to the end of its last answer.
      this.#agent.destroy();
      const { signal } = this.#abort;
      const socket = await this.#connectInside(this.#destination.port, signal).catch(() => undefined);
      if (socket === undefined || signal.aborted) {
        socket?.destroy();
        return 'refused';
      }
      this.#agent.next = socket;
    }
    return this.#post(body);
  }

  #post(body: Buffer): Promise<Outcome> {
    const { port, path, method } = this.#destination;
    const headers = {
      Host: `sandbox.localdomain:${port}`,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      'Sequence-Id': createHash('sha256').update(body).digest('base64'),
    };
    return new Promise((resolve) => {
      const sent = request({ agent: this.#agent, method, path, headers });
      sent.on('response', (response) => {
        const status = response.statusCode ?? 0;
        resolve(status >= 200 && status < 300 ? 'taken' : 'refused');
        readSome(response);
      });
      sent.on('error', () => resolve(sent.reusedSocket ? 'again' : 'refused'));
      sent.on('close', () => resolve('refused'));
      sent.end(body);
    });
  }
}

/** An answer without end is cut; its connection is not used again then. */
function readSome(response: IncomingMessage): void {
  let sizeBytes = 0;
  response.on('data', (bytes: Buffer) => {
    sizeBytes += bytes.length;
    if (sizeBytes > READ_OF_ANSWER_BYTES) response.destroy();
  });
  response.on('error', () => undefined);
}

/** Keeps a connection that has been opened into the environment. */
class InsideAgent extends Agent {
  /** What is used when none is kept. */
  next: Socket | undefined;

  get hasConnection(): boolean {
    return Object.values(this.freeSockets).some((sockets) => (sockets ?? []).length > 0);
  }

  override createConnection(): Socket {
    const { next } = this;
    this.next = undefined;
    assert(next !== undefined, 'a connection is opened before it is used');
    return next;
  }
}
