import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { RequestId } from '../base/ids.ts';
import type { Answer, WireRequest } from './door.ts';

const NO_BODY = Buffer.alloc(0);

/** One request and its answer on the wire. */
export class Exchange implements WireRequest {
  readonly requestId: RequestId;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  body: Buffer = NO_BODY;
  readonly incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #controller: AbortController | undefined;
  #stopping = false;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, requestId: RequestId) {
    const url = incoming.url ?? '/';
    const queryAt = url.indexOf('?');
    this.incoming = incoming;
    this.#outgoing = outgoing;
    this.requestId = requestId;
    this.method = incoming.method ?? 'GET';
    this.path = queryAt === -1 ? url : url.slice(0, queryAt);
    this.query = queryAt === -1 ? '' : url.slice(queryAt + 1);
  }

  get headers(): IncomingHttpHeaders {
    return this.incoming.headers;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.#stopping || this.#outgoing.destroyed) controller.abort(new Error('hung up'));
      else this.#outgoing.once('close', () => controller.abort(new Error('hung up')));
    }
    return this.#controller.signal;
  }

  /** Lets what waits for this request's sake go: the server is stopping. */
  stop(): void {
    this.#stopping = true;
    this.#controller?.abort(new Error('stopping'));
  }

  /** Writes the answer whole; nothing happens when the client has hung up. */
  send(answer: Answer): void {
    const outgoing = this.#outgoing;
    if (outgoing.destroyed || outgoing.headersSent) return;
    const { body } = answer;
    const sizeBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const headers = [...answer.headers, 'x-amzn-RequestId', this.requestId];
    if (answer.status !== 204) headers.push('Content-Length', String(sizeBytes));
    if (this.#stopping) headers.push('Connection', 'close');
    outgoing.writeHead(answer.status, headers);
    outgoing.end(body);
  }
}
