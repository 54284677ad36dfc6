import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { OutputListener } from './sandbox.ts';

/** What is read of one output before others have their turn. */
const MOST_BYTES_A_TURN = 262_144;
const MOST_WAITING = 4096;
const LONGEST_NAME_BYTES = 64;
const LINE_END = 10;
const STREAMS = ['stdout', 'stderr'] as const;

/** The first line on a connection that becomes an output: whose it is. */
export function outputName(id: number, stream: (typeof STREAMS)[number]): string {
  return `${id} ${stream}\n`;
}

/**
 * Where the programs of one spawner print: on sockets whose other ends the platform holds, so that nothing stands between
 * them. The spawner connects and names each before it becomes a program's output; the folder is for the platform's user alone.
 */
export class OutputSockets implements Disposable {
  /** Where to connect. */
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #awaited = new Map<string, OutputReader>();

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), `millrace-output-${process.pid}-`));
    this.path = join(this.#folder, 'socket');
    this.#server = createServer((socket) => this.#meet(socket));
    this.#server.listen({ path: this.path, backlog: MOST_WAITING }).unref();
  }

  /** Both outputs of a program that is about to be started. */
  await(id: number, listener: OutputListener): ProgramOutput {
    const readers = STREAMS.map((stream) => {
      const reader = new OutputReader((chunk) => listener(stream, chunk));
      this.#awaited.set(outputName(id, stream), reader);
      return reader;
    });
    return new ProgramOutput(readers, () => {
      for (const stream of STREAMS) this.#awaited.delete(outputName(id, stream));
    });
  }

  /** Nobody connects any more; outputs that are connected go on. */
  [Symbol.dispose](): void {
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #meet(socket: Socket): void {
    socket.unref();
    socket.on('error', () => socket.destroy());
    socket.once('data', (chunk: Buffer) => {
      const end = chunk.subarray(0, LONGEST_NAME_BYTES).indexOf(LINE_END) + 1;
      const name = chunk.toString('latin1', 0, end);
      const reader = this.#awaited.get(name);
      this.#awaited.delete(name);
      if (reader === undefined) socket.destroy();
      else reader.read(socket, chunk.subarray(end));
    });
  }
}

/** What one program prints. */
export class ProgramOutput {
  /** Resolves when nobody can print any more, and all of it has been handed on. */
  readonly closed: Promise<void>;
  readonly #readers: readonly OutputReader[];
  readonly #forget: () => void;

  constructor(readers: readonly OutputReader[], forget: () => void) {
    this.#readers = readers;
    this.#forget = forget;
    this.closed = Promise.all(readers.map((reader) => reader.closed)).then(() => undefined);
  }

  /** Resolves when everything that was printed before the call has been handed on. */
  async read(): Promise<void> {
    // The first turn may have begun before it was printed; in the second everything is read, unless it is too much for one.
    await setImmediate();
    do await setImmediate();
    while (this.#readers.some((reader) => reader.hasMore));
  }

  /** The program was not started: nothing comes. */
  giveUp(): void {
    this.#forget();
    for (const reader of this.#readers) reader.giveUp();
  }
}

class OutputReader {
  readonly closed: Promise<void>;
  readonly #take: (chunk: Buffer) => void;
  readonly #closed = Promise.withResolvers<void>();
  #socket: Socket | undefined;
  #turnBytes = 0;

  constructor(take: (chunk: Buffer) => void) {
    this.#take = take;
    this.closed = this.#closed.promise;
  }

  /** True when a turn was not enough. */
  get hasMore(): boolean {
    return this.#socket?.isPaused() === true;
  }

  read(socket: Socket, first: Buffer): void {
    this.#socket = socket;
    if (first.length > 0) this.#take(first);
    socket.on('data', (chunk: Buffer) => this.#hear(socket, chunk));
    socket.once('close', () => this.#closed.resolve());
  }

  giveUp(): void {
    this.#socket?.destroy();
    this.#closed.resolve();
  }

  #hear(socket: Socket, chunk: Buffer): void {
    if (this.#turnBytes === 0) void this.#nextTurn(socket);
    this.#turnBytes += chunk.length;
    if (this.#turnBytes >= MOST_BYTES_A_TURN) socket.pause();
    this.#take(chunk);
  }

  /** A flood leaves the platform its other work: whoever prints it waits. */
  async #nextTurn(socket: Socket): Promise<void> {
    await setImmediate();
    this.#turnBytes = 0;
    socket.resume();
  }
}
