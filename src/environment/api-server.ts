import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createListener, Socket, type AddressInfo, type Server as Listener } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { createServer } from '../base/node-http.ts';
import type { Mount, SandboxedTree } from '../sandbox/sandbox.ts';
import { hostNames } from './host-names.ts';
import { admitAll, innerAddress, type InnerAddress, type InnerPrograms } from './inner-runtime-api.ts';
import { PlainConnection, type PlainRoute } from './plain-connection.ts';
import { refused } from './runtime-api-answers.ts';
import { throughHost, type ConnectInside } from './telemetry/connect-inside.ts';
import { INWARD_PROTOCOL, InwardConnections } from './telemetry/inward-connections.ts';

/** Clients send up to 1 MiB of error cause in one header. */
const LARGEST_HEADERS_BYTES = 2_097_152;
const MOST_CONNECTIONS = 256;

/** Serves the requests to some paths; false when this one is not among them. */
export type ApiRoutes = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => boolean | Promise<boolean>;

/** What one environment reaches by HTTP, on an address of its own. Connections of foreign processes are cut. */
export class ApiServer implements AsyncDisposable {
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly prefix: readonly string[];
  readonly #listener: Listener;
  /** Gets the connections whose requests are not plain. */
  readonly #server = newServer();
  readonly #tree = Promise.withResolvers<SandboxedTree>();
  readonly #sockets = new Map<Socket, Promise<boolean>>();
  readonly #routes: ApiRoutes[] = [];
  #plain: PlainRoute = () => false;
  readonly #serving = new Set<Promise<void>>();
  /** Reached by a folder that only its environment sees. */
  readonly #isInner: boolean;
  /** The way back, into the environment. */
  readonly connectInside: ConnectInside;
  #isClosed = false;

  private constructor(listener: Listener, inner: InnerAddress | undefined, mounts: readonly Mount[]) {
    this.#listener = listener;
    this.#isInner = inner !== undefined;
    this.connectInside = inner === undefined ? this.#throughHost() : this.#takeInward();
    this.variables = inner?.variables ?? { AWS_LAMBDA_RUNTIME_API: addressOf(listener) };
    this.mounts = [...(inner?.mounts ?? []), ...mounts];
    this.prefix = inner?.prefix ?? [];
    listener.on('connection', (socket) => this.#meet(socket));
    this.#server.on('request', (request, response) => {
      const serving = this.#serve(request, response).catch(() => void response.destroy());
      this.#serving.add(serving);
      void serving.finally(() => this.#serving.delete(serving));
    });
  }

  /** Listens on `address`, any free port. With a folder private to the environment, that gets names for its host. */
  static async open(address: string, folder?: string): Promise<ApiServer> {
    const listener = newListener();
    listener.listen(0, address);
    await once(listener, 'listening');
    return new ApiServer(listener, undefined, folder === undefined ? [] : [await hostNames(folder, address)]);
  }

  /** Listens on a socket in `folder`, for an environment without a network. */
  static async openInside(folder: string, programs: InnerPrograms): Promise<ApiServer> {
    const inner = innerAddress(folder, programs);
    const listener = newListener();
    listener.listen(inner.socketPath);
    await once(listener, 'listening');
    await admitAll(inner.socketPath);
    return new ApiServer(listener, inner, [await hostNames(folder, '127.0.0.1')]);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Requests that earlier routes do not serve are offered to these. */
  route(routes: ApiRoutes): void {
    this.#routes.push(routes);
  }

  /** Plain requests are offered to this first. */
  routePlain(route: PlainRoute): void {
    this.#plain = route;
  }

  /** Only processes of `tree` may speak from now on; before, nobody is answered. */
  admit(tree: SandboxedTree): void {
    this.#tree.resolve(tree);
  }

  /** Once the environment's processes have ended: resolves when everything they had said is heard. */
  async drained(): Promise<void> {
    await setImmediate();
    const open = [...this.#sockets.keys()].filter((socket) => !socket.closed);
    await Promise.all(open.map((socket) => once(socket, 'close')));
  }

  /** Resolves when every request that has been sent by now is heard; those that wait for an answer are heard. */
  async served(): Promise<void> {
    // A connection is read once it is known whose it is.
    await Promise.all(this.#sockets.values());
    // What has come is read within a turn, and a request that has begun is served from its second on.
    await setImmediate();
    await setImmediate();
    await Promise.all(this.#serving);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    this.#server.closeAllConnections();
    // Those that have become something else than HTTP are not among its connections any more.
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #throughHost(): ConnectInside {
    const { address } = this.#listener.address() as AddressInfo;
    return throughHost(this.#tree.promise, [address, '127.0.0.1', '::1']);
  }

  #takeInward(): ConnectInside {
    const inward = new InwardConnections();
    this.#server.on('upgrade', (request, socket) => {
      const isKnown = request.headers.upgrade === INWARD_PROTOCOL && !this.#isClosed;
      if (isKnown && socket instanceof Socket) inward.take(socket);
      else socket.destroy();
    });
    return inward.connect;
  }

  #meet(socket: Socket): void {
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
    const peer = { localAddress, localPort, remoteAddress, remotePort };
    const isOwn = this.#tree.promise.then((tree) => this.#isInner || tree.owns(peer)).catch(() => false);
    this.#sockets.set(socket, isOwn);
    socket.on('error', () => socket.destroy());
    // Strangers are cut at once, so that they do not use up the connections.
    // One that had nothing to say may have ended by then: its end is not told again.
    void isOwn.then((own) => (own && !socket.readableEnded ? this.#hear(socket) : socket.destroy()));
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** What it says is read from now on. */
  #hear(socket: Socket): void {
    const plain: PlainRoute = (request, response) => !this.#isClosed && this.#plain(request, response);
    new PlainConnection(socket, plain, () => this.#server.emit('connection', socket));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isClosed) {
      request.socket.destroy();
      return;
    }
    const path = new URL(request.url ?? '/', 'http://runtime').pathname;
    for (const routes of this.#routes) if (await routes(request, response, path)) return;
    if (path === '/ping') return void response.end('pong');
    refused(response, 404, 'ResourceNotFound', `There is no ${request.method} ${path}.`);
  }
}

function newServer(): Server {
  const server = createServer({
    maxHeaderSize: LARGEST_HEADERS_BYTES,
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
  });
  return server;
}

function newListener(): Listener {
  const listener = createListener({ allowHalfOpen: true, noDelay: true });
  listener.maxConnections = MOST_CONNECTIONS;
  return listener;
}

function addressOf(listener: Listener): string {
  const { address, port } = listener.address() as AddressInfo;
  return `${address}:${port}`;
}
