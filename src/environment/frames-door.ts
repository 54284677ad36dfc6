import { chmodSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LARGEST_ANSWER_BYTES } from '../function/limits.ts';
import type { Mount } from '../sandbox/sandbox.ts';
import type { Door, DoorInvocation, DoorListener, RuntimeFailure } from './door.ts';
import { encodeFrame, FRAME, FrameReader, type Frame } from './frames.ts';

const SOCKET_FOLDER = '/run/millrace';

/**
 * The door of our own runtimes: frames on a Unix socket in a folder that only this environment sees.
 * That it is seen by nobody else is the whole admission; one connection is taken, the first.
 */
export class FramesDoor implements Door {
  readonly variables = { MILLRACE_SOCKET: `${SOCKET_FOLDER}/door` };
  readonly mounts: readonly Mount[];
  readonly prefix = [];
  readonly #server: Server;
  readonly #listener: DoorListener;
  readonly #reader = new FrameReader(LARGEST_ANSWER_BYTES);
  #socket: Socket | undefined;
  #requestId: string | undefined;
  #isClosed = false;

  private constructor(server: Server, folder: string, listener: DoorListener) {
    this.#server = server;
    this.#listener = listener;
    this.mounts = [{ source: folder, target: SOCKET_FOLDER, access: 'read-only' }];
    server.on('connection', (socket) => this.#take(socket));
  }

  /** Listens in `folder`, a private one whose path is short (a socket's path may have 107 bytes). */
  static async open(folder: string, listener: DoorListener): Promise<FramesDoor> {
    const server = createServer();
    const door = new FramesDoor(server, folder, listener);
    const path = join(folder, 'door');
    server.listen(path);
    await once(server, 'listening');
    // The environment may run as a user of its own; the folder keeps everyone else away.
    chmodSync(path, 0o666);
    return door;
  }

  admit(): void {}

  send(invocation: DoorInvocation): void {
    const { payload, ...meta } = invocation;
    this.#requestId = invocation.requestId;
    this.#socket?.write(encodeFrame(FRAME.invoke, meta, payload));
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  async drained(): Promise<void> {
    // A connection that is still to be accepted is accepted within one turn.
    await setImmediate();
    const socket = this.#socket;
    if (socket !== undefined && !socket.closed) await once(socket, 'close');
  }

  left(): Promise<void> {
    return this.drained();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#socket?.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #take(socket: Socket): void {
    if (this.#socket !== undefined) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#hear(chunk));
  }

  #hear(chunk: Buffer): void {
    const frames = this.#reader.read(chunk);
    if (frames === undefined) return this.#break('bytes that are no frames');
    for (const frame of frames) {
      if (!this.#isClosed) this.#say(frame);
    }
  }

  #say({ kind, meta, body }: Frame): void {
    if (kind === FRAME.ready) return this.#listener({ kind: 'ready' });
    const marks = meta['marks'] === undefined ? undefined : Number(meta['marks']);
    if (kind === FRAME.initError)
      return this.#listener({ kind: 'init-failed', marks, ...failureOf(meta, body) });
    // A late word about an invocation that is over.
    if (meta['requestId'] !== this.#requestId) return;
    if (kind === FRAME.begin) {
      const contentType = textOf(meta['contentType'], 'application/octet-stream');
      return this.#listener({ kind: 'begun', contentType });
    }
    if (kind === FRAME.piece) return this.#listener({ kind: 'piece', bytes: body });
    this.#requestId = undefined;
    if (kind === FRAME.answer && meta['isStreamed'] === true) this.#listener({ kind: 'streamed', marks });
    else if (kind === FRAME.answer) this.#listener({ kind: 'answered', payload: body, marks });
    else if (kind === FRAME.tooLarge) this.#listener({ kind: 'too-large', marks });
    else if (kind === FRAME.error) this.#listener({ kind: 'failed', marks, ...failureOf(meta, body) });
    else return this.#break(`a frame of kind ${kind}`);
    if (meta['isLast'] !== true) this.#listener({ kind: 'ready' });
  }

  #break(what: string): void {
    this.#isClosed = true;
    this.#socket?.destroy();
    this.#listener({ kind: 'broken', what: `the runtime sent ${what}` });
  }
}

function failureOf(meta: Frame['meta'], payload: Buffer): RuntimeFailure {
  const { errorType, errorMessage } = meta;
  return {
    payload,
    errorType: textOf(errorType, 'Function.Unknown'),
    errorMessage: textOf(errorMessage, ''),
  };
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
