import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { LARGEST_ANSWER_BYTES } from '../function/limits.ts';
import type { Mount, SandboxedTree } from '../sandbox/sandbox.ts';
import { URL_ANSWER_TYPE } from './invoke.ts';
import type { Door, DoorEvent, DoorInvocation, DoorListener, RuntimeFailure } from './door.ts';
import type { ApiServer } from './api-server.ts';
import type { ApiResponse, PlainRequest } from './plain-connection.ts';
import { readBody, type RequestBody } from './request-body.ts';
import { accepted, event, refused } from './runtime-api-answers.ts';

const BASE = '/2018-06-01/runtime';
const NEXT = `${BASE}/invocation/next`;
const END = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

type ApiState = 'Started' | 'Ready' | 'Running' | 'Streaming' | 'ResponseSent' | 'InitError';

/** What is said around the body of a request. */
type Said = Pick<IncomingMessage, 'headers' | 'trailers'>;

interface Posted extends Said {
  readonly body: RequestBody;
}

/**
 * The Lambda Runtime API of one environment, on an address of its own, as AWS's clients and any `bootstrap` speak it:
 * `GET next`, `POST response`, `POST error`, `POST init/error`. Connections of foreign processes are cut.
 */
export class RuntimeApi implements Door {
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly prefix: readonly string[];
  readonly #server: ApiServer;
  readonly #listener: DoorListener;
  readonly #waiting = new Set<ApiResponse>();
  #state: ApiState = 'Started';
  #current: DoorInvocation | undefined;
  /** The answer that is coming in pieces. */
  #streaming: IncomingMessage | undefined;

  constructor(server: ApiServer, listener: DoorListener) {
    this.#server = server;
    this.#listener = listener;
    this.variables = server.variables;
    this.mounts = server.mounts;
    this.prefix = server.prefix;
    server.route((request, response, path) => this.#serve(request, response, path));
    server.routePlain((request, response) => this.#servePlain(request, response));
  }

  admit(tree: SandboxedTree): void {
    this.#server.admit(tree);
  }

  send(invocation: DoorInvocation): void {
    this.#current = invocation;
    this.#state = 'Running';
    for (const response of this.#waiting) {
      this.#waiting.delete(response);
      if (!response.destroyed) return event(response, invocation);
    }
  }

  pause(): void {
    this.#streaming?.pause();
  }

  resume(): void {
    this.#streaming?.resume();
  }

  drained(): Promise<void> {
    return this.#server.drained();
  }

  left(): Promise<void> {
    return this.#server.served();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.clear();
    await this.#server[Symbol.asyncDispose]();
  }

  async #serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const isPost = request.method === 'POST';
    const [, id, word] = END.exec(path) ?? [];
    if (path === NEXT && request.method === 'GET') this.#next(response);
    else if (isPost && id !== undefined && word === 'response' && modeOf(request.headers) === 'streaming') {
      await this.#stream(id, request, response);
    } else if (isPost && id !== undefined) await this.#take(id, word === 'error', request, response);
    else if (isPost && path === `${BASE}/init/error`) {
      this.#initError(request, response, await readBody(request, LARGEST_ANSWER_BYTES));
    } else return false;
    return true;
  }

  /** What nearly every request is. */
  #servePlain({ method, path, headers, body: bytes }: PlainRequest, response: ApiResponse): boolean {
    if (method === 'GET' && path === NEXT) {
      this.#next(response);
      return true;
    }
    const [, id, word] = method === 'POST' ? (END.exec(path) ?? []) : [];
    if (id === undefined || modeOf(headers) !== undefined) return false;
    const posted = { headers, trailers: {}, body: { kind: 'whole', bytes } } as const;
    const ended = this.#end(id, word === 'error', posted, response);
    if (ended !== undefined) this.#say(ended);
    return true;
  }

  async #take(
    id: string,
    isError: boolean,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request, LARGEST_ANSWER_BYTES);
    const { headers, trailers } = request;
    const ended = this.#end(id, isError, { headers, trailers, body }, response);
    if (ended !== undefined) this.#say(ended);
  }

  #next(response: ApiResponse): void {
    if (this.#state === 'Running' && this.#current !== undefined) return event(response, this.#current);
    if (this.#state === 'Streaming') return this.#wrongState(response, 'Ready');
    this.#waiting.add(response);
    response.once('close', () => this.#waiting.delete(response));
    if (this.#state === 'Ready') return;
    this.#state = 'Ready';
    this.#say({ kind: 'ready' });
  }

  #initError(request: IncomingMessage, response: ServerResponse, body: RequestBody): void {
    if (this.#state !== 'Started') return this.#wrongState(response, 'InitError');
    this.#state = 'InitError';
    accepted(response);
    this.#say({ kind: 'init-failed', marks: undefined, ...failureOf(request.headers, bytesOf(body)) });
  }

  #end(
    id: string,
    isError: boolean,
    { body, ...said }: Posted,
    response: ApiResponse,
  ): DoorEvent | undefined {
    if (body.kind === 'truncated')
      return refused(response, 400, 'TruncatedHTTPRequest', 'The request was cut.');
    if (!this.#mayEnd(id, response, isError ? 'InvocationErrorResponse' : 'InvocationResponse')) return;
    if (!isError && modeOf(said.headers) !== undefined) {
      return refused(response, 400, 'InvalidFunctionResponseMode', 'Invalid function response mode');
    }
    this.#state = 'ResponseSent';
    if (body.kind === 'too-large') {
      const told = `Exceeded maximum allowed payload size (${LARGEST_ANSWER_BYTES} bytes).`;
      refused(response, 413, 'RequestEntityTooLarge', told);
      return { kind: 'too-large', marks: undefined };
    }
    accepted(response);
    return endOf(said, body.bytes, isError);
  }

  /** Takes an answer in pieces; trailers behind it say that it failed on the way. */
  async #stream(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#mayEnd(id, response, 'InvocationResponse')) return void request.resume();
    this.#state = 'Streaming';
    this.#streaming = request;
    this.#say({ kind: 'begun', contentType: request.headers['content-type'] ?? 'application/octet-stream' });
    request.on('data', (bytes: Buffer) => this.#say({ kind: 'piece', bytes }));
    await new Promise((resolve) => request.once('end', resolve).once('close', resolve));
    this.#streaming = undefined;
    this.#state = 'ResponseSent';
    if (request.complete) accepted(response);
    this.#say(request.complete ? streamEndOf(request) : TRUNCATED);
  }

  /** True when this invocation runs and has no answer yet; if not, that has been answered. */
  #mayEnd(id: string, response: ApiResponse, target: string): boolean {
    const isOver = this.#state === 'ResponseSent' || this.#state === 'Ready' || this.#state === 'Streaming';
    if (id !== this.#current?.requestId || isOver) {
      refused(response, 400, 'InvalidRequestID', 'Invalid request ID');
    } else if (this.#state !== 'Running') this.#wrongState(response, target);
    else return true;
    return false;
  }

  #wrongState(response: ApiResponse, target: string): undefined {
    const told = `State transition from ${this.#state} to ${target} failed for runtime. Error: State transition is not allowed`;
    refused(response, 403, 'InvalidStateTransition', told);
  }

  #say(said: DoorEvent): void {
    if (!this.#server.isClosed) this.#listener(said);
  }
}

function endOf(said: Said, bytes: Buffer, isError: boolean): DoorEvent {
  if (isError) return { kind: 'failed', marks: undefined, ...failureOf(said.headers, bytes) };
  return trailedFailure(said) ?? { kind: 'answered', payload: bytes, marks: undefined };
}

/** The runtime went away, or cut its connection, while its answer was on the way. */
const TRUNCATED: DoorEvent = {
  kind: 'failed',
  marks: undefined,
  ...describe(Buffer.alloc(0), 'Runtime.TruncatedResponse'),
};

function streamEndOf(request: IncomingMessage): DoorEvent {
  return trailedFailure(request) ?? { kind: 'streamed', marks: undefined };
}

/** AWS's client for Go names no mode: what it sends for a function URL is in pieces all the same. */
function modeOf(headers: IncomingHttpHeaders): string | undefined {
  const mode = headers['lambda-runtime-function-response-mode'];
  if (typeof mode === 'string') return mode;
  const isChunked = headers['transfer-encoding'] === 'chunked';
  return isChunked && headers['content-type'] === URL_ANSWER_TYPE ? 'streaming' : undefined;
}

/** Clients announce trailers with every answer, and fill them when it failed after it had begun. */
function trailedFailure({ trailers }: Pick<Said, 'trailers'>): DoorEvent | undefined {
  const trailed = trailers['lambda-runtime-function-error-type'];
  if (typeof trailed !== 'string' || trailed === '') return undefined;
  const error = String(trailers['lambda-runtime-function-error-body'] ?? '');
  return { kind: 'failed', marks: undefined, ...describe(Buffer.from(error, 'base64'), trailed) };
}

/** The error's type is what its body says, and only then what the header says: most clients send no header. */
function failureOf(headers: IncomingHttpHeaders, bytes: Buffer): RuntimeFailure {
  const header = headers['lambda-runtime-function-error-type'];
  return describe(bytes, typeof header === 'string' && header !== '' ? header : 'Runtime.Unknown');
}

function describe(bytes: Buffer, fallbackType: string): RuntimeFailure {
  const told = parse(bytes);
  const errorType = typeof told['errorType'] === 'string' ? told['errorType'] : fallbackType;
  const errorMessage = typeof told['errorMessage'] === 'string' ? told['errorMessage'] : '';
  const isObject = Object.keys(told).length > 0;
  const payload = isObject ? bytes : Buffer.from(JSON.stringify({ errorType, errorMessage }));
  return { payload, errorType, errorMessage };
}

function parse(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function bytesOf(body: RequestBody): Buffer {
  return body.kind === 'whole' ? body.bytes : Buffer.alloc(0);
}
