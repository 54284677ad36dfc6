import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Mount, SandboxedTree } from '../sandbox/sandbox.ts';
import { hostNames } from './host-names.ts';
import { admitAll, innerAddress, type InnerAddress, type InnerPrograms } from './inner-runtime-api.ts';
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
  readonly #server: Server;
  readonly #tree = Promise.withResolvers<SandboxedTree>();
  readonly #sockets = new Map<Socket, Promise<boolean>>();
  readonly #routes: ApiRoutes[] = [];
  readonly #serving = new Set<Promise<void>>();
  /** Reached by a folder that only its environment sees. */
  readonly #isInner: boolean;
  /** The way back, into the environment. */
  readonly connectInside: ConnectInside;
  #isClosed = false;

  private constructor(server: Server, inner: InnerAddress | undefined, mounts: readonly Mount[]) {
    this.#server = server;
    this.#isInner = inner !== undefined;
    this.connectInside = inner === undefined ? this.#throughHost() : this.#takeInward();
    this.variables = inner?.variables ?? { AWS_LAMBDA_RUNTIME_API: addressOf(server) };
    this.mounts = [...(inner?.mounts ?? []), ...mounts];
    this.prefix = inner?.prefix ?? [];
    server.on('connection', (socket: Socket) => this.#meet(socket));
    server.on('request', (request, response) => {
      const serving = this.#serve(request, response).catch(() => void response.destroy());
      this.#serving.add(serving);
      void serving.finally(() => this.#serving.delete(serving));
    });
  }

  /** Listens on `address`, any free port. With a folder private to the environment, that gets names for its host. */
  static async open(address: string, folder?: string): Promise<ApiServer> {
    const server = newServer();
    server.listen(0, address);
    await once(server, 'listening');
    return new ApiServer(server, undefined, folder === undefined ? [] : [await hostNames(folder, address)]);
  }

  /** Listens on a socket in `folder`, for an environment without a network. */
  static async openInside(folder: string, programs: InnerPrograms): Promise<ApiServer> {
    const inner = innerAddress(folder, programs);
    const server = newServer();
    server.listen(inner.socketPath);
    await once(server, 'listening');
    await admitAll(inner.socketPath);
    return new ApiServer(server, inner, [await hostNames(folder, '127.0.0.1')]);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Requests that earlier routes do not serve are offered to these. */
  route(routes: ApiRoutes): void {
    this.#routes.push(routes);
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
    // What has come is read within a turn, and a request that has begun is served from its second on.
    await setImmediate();
    await setImmediate();
    await Promise.all(this.#serving);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    // Those that have become something else than HTTP are not among its connections any more.
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #throughHost(): ConnectInside {
    const { address } = this.#server.address() as AddressInfo;
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
    // Cut at once, so that strangers do not use up the connections.
    void isOwn.then((own) => own || socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isOwn = await this.#sockets.get(request.socket);
    if (isOwn !== true || this.#isClosed) {
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
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `${address}:${port}`;
}
