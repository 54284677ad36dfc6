import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { RequestId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Tell } from '../watch/event.ts';
import type { Answer, Door } from './door.ts';
import { refusalError, type Refusal } from './errors.ts';
import { Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { listenFailure, type ListenFailure } from './listen-failure.ts';
import { PeerVerdicts } from './peer-verdicts.ts';
import { ByteBudget, readBody } from './read-body.ts';

/** What a connection meets. */
interface Way {
  /** Asked in order; the first that matches reads the request. */
  readonly doors: readonly Door[];
  readonly gate: Gate;
}

/** What a server works with. */
export interface HttpServerParts extends Way {
  /** What connections meet whose other end the gate finds in a sandbox; not given: they are refused. */
  readonly forSandboxes?: Way;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  readonly limits?: Partial<HttpLimits>;
}

/** An API's request that no door reads. */
const NO_DOOR: Answer = {
  status: 404,
  headers: ['Content-Type', 'text/xml'],
  body: '<UnknownOperationException/>',
};

/**
 * One port with the doors of all APIs behind it.
 * Disposing stops listening, lets long polls go, waits for what runs, then closes what is left.
 */
export class HttpServer implements AsyncDisposable {
  readonly #parts: HttpServerParts;
  readonly #limits: HttpLimits;
  readonly #server: Server;
  readonly #budget: ByteBudget;
  readonly #running = new Set<Exchange>();
  readonly #peers: PeerVerdicts;
  #stopping = false;

  constructor(parts: HttpServerParts) {
    this.#parts = parts;
    this.#limits = { ...HTTP_LIMITS, ...parts.limits };
    this.#peers = new PeerVerdicts(parts.gate, (error) => this.#trouble(error));
    this.#budget = new ByteBudget(this.#limits.bodiesSizeBytes);
    this.#server = createServer({
      headersTimeout: this.#limits.headersMs,
      requestTimeout: this.#limits.requestMs,
      keepAliveTimeout: this.#limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(5000, this.#limits.headersMs, this.#limits.requestMs),
      maxHeaderSize: 32 * 1024,
      noDelay: true,
    });
    this.#server.maxConnections = this.#limits.connections;
    this.#server.on('request', (incoming, outgoing) => this.#accept(incoming, outgoing));
    this.#server.on('connection', (socket) => this.#peers.ask(socket));
  }

  /** Begins to listen; answers the port, which is a free one for port 0. */
  listen(address: string, port: number): Promise<Result<number, ListenFailure>> {
    const server = this.#server;
    return new Promise((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        resolve(failed(listenFailure(error, address, port))),
      );
      server.listen({ host: address, port, backlog: 1024 }, () => {
        server.removeAllListeners('error');
        server.on('error', (error) => this.#trouble(error));
        resolve(ok((server.address() as AddressInfo).port));
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const exchange of this.#running) exchange.stop();
    this.#server.closeIdleConnections();
    const cancel = this.#parts.clock.after(this.#limits.drainMs, () => this.#server.closeAllConnections());
    await closed;
    cancel();
  }

  #accept(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const exchange = new Exchange(incoming, outgoing, this.#parts.random.uuid() as RequestId);
    this.#running.add(exchange);
    if (this.#stopping) exchange.stop();
    outgoing.once('close', () => this.#running.delete(exchange));
    this.#serve(exchange)
      .then((answer) => answer && this.#send(exchange, outgoing, answer))
      .catch((error: unknown) => this.#sendBroken(exchange, outgoing, error));
  }

  /** Undefined when the client has hung up. */
  async #serve(exchange: Exchange): Promise<Answer | undefined> {
    const isSandboxed = this.#peers.isSandboxed(exchange.incoming.socket);
    if (isSandboxed === true || (isSandboxed !== false && (await isSandboxed))) {
      const { forSandboxes } = this.#parts;
      if (forSandboxes !== undefined) return this.#serveOn(forSandboxes, exchange);
      return this.#refusal(exchange, doorOf(this.#parts, exchange), { kind: 'sandboxed-peer' });
    }
    return this.#serveOn(this.#parts, exchange);
  }

  async #serveOn(way: Way, exchange: Exchange): Promise<Answer | undefined> {
    const { gate } = way;
    const door = doorOf(way, exchange);
    const refused = gate.refusesHead?.(exchange);
    if (refused !== undefined) return this.#refusal(exchange, door, refused);
    if (door === undefined) return NO_DOOR;
    const limitBytes = door.bodyLimitBytes(exchange);
    const body = await readBody(exchange.incoming, limitBytes, this.#budget);
    if (body === 'hung-up') return undefined;
    if (body === 'too-large') return this.#refusal(exchange, door, { kind: 'body-too-large', limitBytes });
    if (body === 'too-much-at-once') return this.#refusal(exchange, door, { kind: 'overloaded' });
    exchange.body = body;
    try {
      return await this.#letIn(gate, exchange, door);
    } finally {
      this.#budget.give(body.length);
    }
  }

  #letIn(gate: Gate, exchange: Exchange, door: Door): Answer | Promise<Answer> {
    const caller = gate.identify(exchange);
    if (!caller.ok) return this.#refusal(exchange, door, caller.failure);
    const forbidden = gate.forbids?.(caller.value, door.actionOf(exchange));
    if (forbidden !== undefined) return this.#refusal(exchange, door, forbidden);
    return door.handle(exchange, caller.value);
  }

  #refusal(exchange: Exchange, door: Door | undefined, refusal: Refusal): Answer {
    const error = refusalError(refusal);
    if (door !== undefined) return door.refuse(exchange, error);
    return {
      status: error.status,
      headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', error.type],
      body: JSON.stringify({ message: error.message }),
    };
  }

  #send(exchange: Exchange, outgoing: ServerResponse, answer: Answer): void {
    exchange.send(answer);
    if (outgoing.writableFinished || outgoing.destroyed || outgoing.writableLength === 0) return;
    const cancel = this.#parts.clock.after(this.#limits.unreadAnswerMs, () => outgoing.destroy());
    outgoing.once('close', cancel);
  }

  /** Answers for a defect of ours: no request ends the process. */
  #sendBroken(exchange: Exchange, outgoing: ServerResponse, error: unknown): void {
    this.#trouble(error);
    try {
      this.#send(
        exchange,
        outgoing,
        this.#refusal(exchange, doorOf(this.#parts, exchange), { kind: 'broken' }),
      );
    } catch (second) {
      this.#trouble(second);
      outgoing.destroy();
    }
  }

  #trouble(error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.tell({ kind: 'trouble', where: 'http', what });
  }
}

function doorOf({ doors }: Way, exchange: Exchange): Door | undefined {
  for (const door of doors) if (door.matches(exchange)) return door;
  return undefined;
}
