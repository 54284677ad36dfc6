import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { readPlainHead } from '../base/plain-head.ts';
import { LARGEST_ANSWER_BYTES } from '../function/limits.ts';

/** A whole request without anything unusual. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What an answer is written to, by `node:http` or by a {@link PlainConnection}. */
export interface ApiResponse {
  writeHead(status: number, headers: Readonly<Record<string, string | number>>): unknown;
  end(body: Uint8Array): unknown;
  once(event: 'close', gone: () => void): unknown;
  readonly destroyed: boolean;
}

/** Serves a plain request; false, and nothing has been done, when it is for others. */
export type PlainRoute = (request: PlainRequest, response: ApiResponse) => boolean;

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 202: 'Accepted' };
/** Larger bodies are not copied behind their heads. */
const MOST_COPIED_BYTES = 65_536;
const NO_BODY = Buffer.alloc(0);
/** Without zeros before it. */
const NUMBER = /^(?:0|[1-9]\d{0,8})$/;
/** What would end a header, or is none of its characters. */
const UNPRINTABLE = /[^\t\x20-\x7e]/;

/**
 * One connection to a Runtime API, as long as its requests are plain: one at a time is read and answered, for a fraction of
 * what `node:http` takes for it. At the first request that is anything else it goes there for good, with its bytes unread.
 */
export class PlainConnection {
  readonly #socket: Socket;
  readonly #route: PlainRoute;
  readonly #handOver: (socket: Socket) => void;
  /** What is there of a request that has not come whole. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #wantedBytes = 0;
  #current: PlainResponse | undefined;

  constructor(socket: Socket, route: PlainRoute, handOver: (socket: Socket) => void) {
    this.#socket = socket;
    this.#route = route;
    this.#handOver = handOver;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#begun.push(chunk);
    this.#begunBytes += chunk.length;
    // More while a request is being answered is read after that.
    if (this.#current !== undefined) return void this.#socket.pause();
    if (this.#begunBytes >= this.#wantedBytes) this.#read();
  };

  /** Half a connection is none. */
  readonly #onEnd = (): void => void this.#socket.end();

  readonly #onClose = (): void => this.#current?.close();

  #read(): void {
    const bytes = this.#takeBegun();
    const head = readPlainHead(bytes);
    const endBytes = head && wholeBytes(head.method, head.headers, head.endBytes);
    if (head === undefined || endBytes === undefined || bytes.length > endBytes) return this.#leave(bytes);
    if (bytes.length < endBytes) {
      this.#begun = [bytes];
      this.#begunBytes = bytes.length;
      this.#wantedBytes = endBytes;
      return;
    }
    const { method, target: path, headers } = head;
    const body = head.endBytes === endBytes ? NO_BODY : bytes.subarray(head.endBytes);
    const response = new PlainResponse(this.#socket, () => this.#answered());
    this.#current = response;
    if (this.#route({ method, path, headers, body }, response)) return;
    this.#current = undefined;
    this.#leave(bytes);
  }

  #answered(): void {
    this.#current = undefined;
    if (this.#begunBytes === 0) return;
    this.#socket.resume();
    this.#read();
  }

  #takeBegun(): Buffer {
    const [first, ...more] = this.#begun;
    const bytes = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#begun);
    this.#begun = [];
    this.#begunBytes = 0;
    this.#wantedBytes = 0;
    return bytes;
  }

  #leave(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    socket.pause();
    socket.unshift(bytes);
    this.#handOver(socket);
    socket.resume();
  }
}

/** Where this request ends; undefined when that is in doubt, or beyond what an answer may have. */
function wholeBytes(method: string, headers: IncomingHttpHeaders, headBytes: number): number | undefined {
  const length = headers['content-length'];
  if (length === undefined) return method === 'GET' ? headBytes : undefined;
  if (method === 'GET' || !NUMBER.test(length) || Number(length) > LARGEST_ANSWER_BYTES) return undefined;
  return headBytes + Number(length);
}

/** The answer to one plain request, written once, head and body together. */
class PlainResponse implements ApiResponse {
  readonly #socket: Socket;
  readonly #onAnswered: () => void;
  #head = '';
  #gone: (() => void) | undefined;

  constructor(socket: Socket, onAnswered: () => void) {
    this.#socket = socket;
    this.#onAnswered = onAnswered;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  writeHead(status: number, headers: Readonly<Record<string, string | number>>): void {
    let head = `HTTP/1.1 ${status} ${REASONS[status] ?? 'Refused'}\r\n`;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${printable(value)}\r\n`;
    this.#head = `${head}\r\n`;
  }

  end(body: Uint8Array): void {
    const socket = this.#socket;
    if (body.length <= MOST_COPIED_BYTES) {
      const bytes = Buffer.allocUnsafe(this.#head.length + body.length);
      bytes.write(this.#head, 'latin1');
      bytes.set(body, this.#head.length);
      socket.write(bytes);
    } else {
      socket.cork();
      socket.write(this.#head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
    this.#onAnswered();
  }

  once(_event: 'close', gone: () => void): void {
    this.#gone = gone;
  }

  close(): void {
    this.#gone?.();
  }
}

/** A value as one header can hold it: some come from far. */
function printable(value: string | number): string {
  const text = String(value);
  return UNPRINTABLE.test(text) ? text.replaceAll(new RegExp(UNPRINTABLE, 'g'), '?') : text;
}
