import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { RequestId } from '../base/ids.ts';
import type { StopSign } from '../base/stop-sign.ts';
import type { Arrival } from './arrival.ts';
import type { Answer } from './door.ts';
import { HangUp } from './hang-up.ts';
import type { QuickRequest } from './quick-request.ts';
import type { BodyRead, ByteBudget } from './read-body.ts';

/** The connection of a request, as its exchange sees it. */
export interface QuickReply {
  readonly socket: Socket;
  /** Writes the answer and goes on to the next request. */
  reply(exchange: QuickExchange, answer: Answer): Promise<void> | void;
}

/** One request of the quick lane, and its answer. */
export class QuickExchange implements Arrival {
  readonly requestId: RequestId;
  readonly method = 'POST';
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  body: Buffer;
  readonly #connection: QuickReply;
  readonly #hangUp = new HangUp();

  constructor(connection: QuickReply, request: QuickRequest, requestId: RequestId) {
    this.#connection = connection;
    this.requestId = requestId;
    this.path = request.path;
    this.query = request.query;
    this.headers = request.headers;
    this.body = request.body;
  }

  get socket(): Socket {
    return this.#connection.socket;
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

  readBody(limitBytes: number, budget: ByteBudget): BodyRead {
    if (this.body.length > limitBytes) return 'too-large';
    return budget.take(this.body.length) ? this.body : 'too-much-at-once';
  }

  /** Nobody waits for the answer any more. */
  letGo(): void {
    this.#hangUp.happened();
  }

  send(answer: Answer): Promise<void> | void {
    return this.#connection.reply(this, answer);
  }

  destroy(): void {
    this.#connection.socket.destroy();
  }
}
