import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { RequestId } from '../base/ids.ts';
import { createServer } from '../base/node-http.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Tell } from '../watch/event.ts';
import { Exchange } from './exchange.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { listenFailure, type ListenFailure } from './listen-failure.ts';
import { QuickLane } from './quick-lane.ts';
import { Reception, type Way } from './reception.ts';
import type { TlsIdentity } from './tls.ts';
import { MOST_TURNED_AWAY, turnAway } from './turn-away.ts';

/** What a server works with. */
export interface HttpServerParts extends Way {
  /** What connections meet whose other end the gate finds in a sandbox; not given: they are refused. */
  readonly forSandboxes?: Way;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  readonly limits?: Partial<HttpLimits>;
  /** Given: TLS is spoken, and nothing else. */
  readonly tls?: TlsIdentity | undefined;
}

/**
 * One port with the doors of all APIs behind it. Connections begin on the quick lane; `node:http` reads those whose
 * requests are anything but plain.
 * Disposing stops listening, lets long polls go, waits for what runs, then closes what is left.
 */
export class HttpServer implements AsyncDisposable {
  readonly #parts: HttpServerParts;
  readonly #limits: HttpLimits;
  readonly #server: Server;
  readonly #reception: Reception;
  readonly #quick: QuickLane;
  readonly #running = new Set<Exchange>();
  /** Resolves when the last connection is gone, adopted ones too, once it stops. */
  readonly #emptied = Promise.withResolvers<void>();
  #open = 0;
  #stopping = false;

  constructor(parts: HttpServerParts) {
    this.#parts = parts;
    this.#limits = { ...HTTP_LIMITS, ...parts.limits };
    this.#reception = new Reception({ ...parts, bodiesSizeBytes: this.#limits.bodiesSizeBytes });
    this.#server = serverWithin(this.#limits, parts.tls);
    this.#server.on('request', (incoming, outgoing) => this.#accept(incoming, outgoing));
    this.#quick = this.#quickLane();
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
        server.on('error', (error) => this.#reception.trouble(error));
        resolve(ok((server.address() as AddressInfo).port));
      });
    });
  }

  /** Takes a connection that came to another address than the one listened on. */
  adopt(socket: Socket): void {
    if (this.#stopping) socket.destroy();
    else this.#admit(socket, this.#quick);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#quick.stop();
    for (const exchange of this.#running) exchange.stop();
    this.#server.closeIdleConnections();
    const cancel = this.#parts.clock.after(this.#limits.drainMs, () => {
      this.#quick.destroy();
      this.#server.closeAllConnections();
    });
    await closed;
    if (this.#open > 0) await this.#emptied.promise;
    cancel();
  }

  /** Stands before `node:http`, which takes over the connections that are handed on to it. */
  #quickLane(): QuickLane {
    const server = this.#server;
    const event = this.#parts.tls === undefined ? 'connection' : 'secureConnection';
    const takers = server.listeners(event) as ((socket: Socket) => void)[];
    const handOver = (socket: Socket): void => takers.forEach((take) => take.call(server, socket));
    const { clock, random } = this.#parts;
    const lane = new QuickLane({ reception: this.#reception, clock, random, limits: this.#limits, handOver });
    server.removeAllListeners(event);
    server.on(event, (socket: Socket) => this.#admit(socket, lane));
    return lane;
  }

  #admit(socket: Socket, lane: QuickLane): void {
    if (this.#open >= this.#limits.connections) return turnAway(socket, this.#parts.clock);
    this.#open += 1;
    socket.once('close', () => {
      this.#open -= 1;
      if (this.#stopping && this.#open === 0) this.#emptied.resolve();
    });
    this.#reception.peers.ask(socket);
    lane.take(socket);
  }

  #accept(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { random, clock } = this.#parts;
    const { unreadAnswerMs } = this.#limits;
    const exchange = new Exchange({
      ...{ incoming, outgoing, clock, unreadAnswerMs },
      requestId: random.uuid() as RequestId,
    });
    this.#running.add(exchange);
    if (this.#stopping) exchange.stop();
    outgoing.once('close', () => this.#running.delete(exchange));
    void this.#reception.receive(exchange);
  }
}

function serverWithin(limits: HttpLimits, tls: TlsIdentity | undefined): Server {
  const options = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs, limits.requestMs),
    maxHeaderSize: 32 * 1024,
    noDelay: true,
  };
  const server = tls === undefined ? createServer(options) : tlsServer(options, limits, tls);
  server.maxConnections = limits.connections + MOST_TURNED_AWAY;
  return server;
}

function tlsServer(options: ServerOptions, { headersMs }: HttpLimits, tls: TlsIdentity): Server {
  const { cert, key } = tls.current;
  const server = createTlsServer({
    ...options,
    cert,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: headersMs,
  });
  tls.onRenewal((next) => server.setSecureContext({ cert: next.cert, key: next.key, minVersion: 'TLSv1.2' }));
  return server;
}
