import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { RequestId } from '../base/ids.ts';
import type { StopSign } from '../base/stop-sign.ts';
import type { Arrival } from './arrival.ts';
import type { Answer } from './door.ts';
import { HangUp } from './hang-up.ts';
import { readBody, type BodyRead, type ByteBudget } from './read-body.ts';
import { sendPieces } from './send-pieces.ts';

const NO_BODY = Buffer.alloc(0);

/** A body takes room from all others while it comes: a client slower than this is not waited for. */
const SLOWEST_BYTES_PER_MS = 50;
const BODY_GRACE_MS = 20_000;

function longestBodyMs(sizeBytes: number): number {
  return BODY_GRACE_MS + sizeBytes / SLOWEST_BYTES_PER_MS;
}

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly requestId: RequestId;
  readonly clock: Clock;
  /** How long the client may take to read its answer. */
  readonly unreadAnswerMs: number;
}

/** One request that `node:http` read, and its answer. */
export class Exchange implements Arrival {
  readonly requestId: RequestId;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  body: Buffer = NO_BODY;
  readonly #parts: ExchangeParts;
  readonly #hangUp = new HangUp();
  #stopping = false;

  constructor(parts: ExchangeParts) {
    const url = parts.incoming.url ?? '/';
    const queryAt = url.indexOf('?');
    this.#parts = parts;
    this.requestId = parts.requestId;
    this.method = parts.incoming.method ?? 'GET';
    this.path = queryAt === -1 ? url : url.slice(0, queryAt);
    this.query = queryAt === -1 ? '' : url.slice(queryAt + 1);
    parts.outgoing.once('close', () => this.#hangUp.happened());
  }

  get headers(): IncomingHttpHeaders {
    return this.#parts.incoming.headers;
  }

  get socket(): Socket {
    return this.#parts.incoming.socket;
  }

  get isSecure(): boolean {
    return this.socket instanceof TLSSocket;
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  get signal(): StopSign {
    return this.#hangUp;
  }

  readBody(limitBytes: number, budget: ByteBudget): Promise<BodyRead> {
    const { incoming, clock } = this.#parts;
    const { 'content-length': declared, 'transfer-encoding': coding } = incoming.headers;
    if (coding === undefined && (declared === undefined || declared === '0'))
      return readBody(incoming, limitBytes, budget);
    const sizeBytes = Math.min(Number(declared ?? limitBytes), limitBytes);
    const cancel = clock.after(longestBodyMs(sizeBytes), () => incoming.destroy());
    return readBody(incoming, limitBytes, budget).finally(cancel);
  }

  /** Lets what waits for this request's sake go: the server is stopping. */
  stop(): void {
    this.#stopping = true;
    this.#hangUp.happened();
  }

  send(answer: Answer): Promise<void> | void {
    const { outgoing } = this.#parts;
    const { body, pieces } = answer;
    if (pieces !== undefined) return this.#sendPieces(answer, pieces);
    if (outgoing.destroyed || outgoing.headersSent) return;
    const sizeBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const headers = [...answer.headers, 'x-amzn-RequestId', this.requestId];
    if (answer.status !== 204) headers.push('Content-Length', String(sizeBytes));
    if (this.#stopping) headers.push('Connection', 'close');
    outgoing.writeHead(answer.status, headers);
    outgoing.end(body);
    this.#limitReading();
  }

  destroy(): void {
    this.#parts.outgoing.destroy();
  }

  async #sendPieces(answer: Answer, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const { outgoing } = this.#parts;
    if (!outgoing.destroyed) {
      outgoing.writeHead(answer.status, [...answer.headers, 'x-amzn-RequestId', this.requestId]);
      outgoing.flushHeaders();
    }
    await sendPieces(pieces, { ...this.#parts, write: (piece) => outgoing.write(piece) });
    outgoing.end();
    this.#limitReading();
  }

  #limitReading(): void {
    const { outgoing, clock, unreadAnswerMs } = this.#parts;
    if (outgoing.writableFinished || outgoing.destroyed || outgoing.writableLength === 0) return;
    outgoing.once(
      'close',
      clock.after(unreadAnswerMs, () => outgoing.destroy()),
    );
  }
}
