import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { OutputListener } from './sandbox.ts';

/** Where a program prints: paths of two named pipes. */
export interface OutputPaths {
  readonly stdout: string;
  readonly stderr: string;
}

/** What is read of one output before others have their turn. */
const MOST_BYTES_A_TURN = 262_144;
const STREAMS = ['stdout', 'stderr'] as const;

/** What one program prints. */
export class ProgramOutput {
  /** Resolves when nobody can print any more, and all of it has been handed on. */
  readonly closed: Promise<void>;
  readonly #readers: readonly OutputReader[];

  constructor(listener: OutputListener) {
    this.#readers = STREAMS.map((stream) => new OutputReader((chunk) => listener(stream, chunk)));
    this.closed = Promise.all(this.#readers.map((reader) => reader.closed)).then(() => undefined);
  }

  /** Opens both pipes for reading, before anybody opens them for writing; once. @throws when they cannot be opened. */
  open(paths: OutputPaths): void {
    const opened: number[] = [];
    try {
      for (const stream of STREAMS) opened.push(openSync(paths[stream], READING));
    } catch (error) {
      for (const descriptor of opened) closeSync(descriptor);
      throw error;
    }
    this.#readers.forEach((reader, index) => reader.read(opened[index] ?? 0));
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
    for (const reader of this.#readers) reader.giveUp();
  }
}

/** Without waiting for whoever is to write. */
const READING = constants.O_RDONLY | constants.O_NONBLOCK;

class OutputReader {
  readonly closed: Promise<void>;
  readonly #take: (chunk: Buffer) => void;
  readonly #closed = Promise.withResolvers<void>();
  #pipe: Socket | undefined;
  #turnBytes = 0;

  constructor(take: (chunk: Buffer) => void) {
    this.#take = take;
    this.closed = this.#closed.promise;
  }

  /** True when a turn was not enough. */
  get hasMore(): boolean {
    return this.#pipe?.isPaused() === true;
  }

  /** A pipe's end is told only after somebody has opened it for writing. */
  read(descriptor: number): void {
    const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
    this.#pipe = pipe.unref();
    pipe.on('error', () => pipe.destroy());
    pipe.on('data', (chunk: Buffer) => this.#hear(pipe, chunk));
    pipe.once('close', () => this.#closed.resolve());
  }

  giveUp(): void {
    this.#pipe?.destroy();
    this.#closed.resolve();
  }

  #hear(pipe: Socket, chunk: Buffer): void {
    if (this.#turnBytes === 0) void this.#nextTurn(pipe);
    this.#turnBytes += chunk.length;
    if (this.#turnBytes >= MOST_BYTES_A_TURN) pipe.pause();
    this.#take(chunk);
  }

  /** A flood leaves the platform its other work: whoever prints it waits. */
  async #nextTurn(pipe: Socket): Promise<void> {
    await setImmediate();
    this.#turnBytes = 0;
    pipe.resume();
  }
}
