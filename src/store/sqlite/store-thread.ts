import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { Worker, type Transferable } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { StoreFailedError } from './store-failed.ts';

/** What may be asked of a thread: for each kind, the question and its answer. */
export type Dialogue = Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>;

/** One question on its way to the thread. */
export interface Asked {
  readonly number: number;
  readonly kind: string;
  readonly ask: unknown;
}

/** What comes back: an answer, or the end of the thread. */
export type Said =
  | { readonly kind: 'answer'; readonly number: number; readonly answer: unknown }
  | { readonly kind: 'fatal'; readonly what: string };

/** What a {@link StoreThread} needs. */
export interface StoreThreadOptions {
  /** The module that runs in the thread, without its ending: `./writer`. */
  readonly module: string;
  readonly workerData: unknown;
  /** Told once, when the thread cannot go on: nothing that waits for it is durable. The process must end. */
  readonly onFatal: (what: string) => void;
}

/** Room for short-lived objects of a thread: a group or a page leaves few behind, and with more room memory is taken that nobody needs. */
const YOUNG_MB = 12;

/** The kind of the last question: the thread ends after its answer. */
export const CLOSE = 'close';

interface Waiting {
  readonly number: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers questions in the order in which they are asked. If it fails or ends unasked, all that waits
 * is rejected with {@link StoreFailedError}, as is everything asked later.
 */
export class StoreThread<Questions extends Dialogue> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #onFatal: (what: string) => void;
  /** Who waits for an answer, in the order in which they come. */
  #waiting: Waiting[] = [];
  #number = 0;
  #end: string | undefined;
  #closing: Promise<void> | undefined;
  #refuses = false;

  constructor(options: StoreThreadOptions) {
    this.#onFatal = options.onFatal;
    // The flag of the command line is meant for the main thread, and would be stronger than the limits of this one.
    setFlagsFromString('--max-semi-space-size=0');
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    this.#worker = new Worker(moduleUrl(options.module), { workerData: options.workerData, resourceLimits });
    this.#worker.on('message', (said: Said) => this.#hear(said));
    this.#worker.on('error', (error) => this.#fail(`the store's thread failed: ${String(error)}`));
    this.#worker.on('messageerror', (error) => this.#fail(`the store's thread was not understood: ${error}`));
    this.#worker.on('exit', (code) => this.#exit(code));
  }

  /** Asks; buffers in `transfer` belong to the thread from now on. */
  ask<Kind extends keyof Questions & string>(
    kind: Kind,
    ask: Questions[Kind]['ask'],
    transfer: readonly Transferable[] = [],
  ): Promise<Questions[Kind]['answer']> {
    return this.#send(kind, ask, transfer);
  }

  #send(kind: string, ask: unknown, transfer: readonly Transferable[] = []): Promise<unknown> {
    if (this.#end !== undefined || this.#refuses) {
      return Promise.reject(new StoreFailedError(this.#end ?? 'the store is closed'));
    }
    const number = this.#number++;
    const asked: Asked = { number, kind, ask };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ number, resolve, reject });
      this.#worker.postMessage(asked, transfer);
    });
  }

  /** Lets the thread answer what it has been asked and end. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#end !== undefined) return;
    const ended = once(this.#worker, 'exit');
    void this.#send(CLOSE, undefined).catch(() => undefined); // the end of the thread is the answer
    this.#refuses = true;
    await ended;
  }

  #exit(code: number): void {
    if (this.#closing === undefined || code !== 0) return this.#fail(`the store's thread ended (${code})`);
    this.#end = 'the store is closed';
  }

  #hear(said: Said): void {
    if (said.kind === 'fatal') return this.#fail(said.what);
    if (this.#end !== undefined) return; // who asked has been rejected
    const first = this.#waiting.shift();
    assert(first?.number === said.number, 'answers come in the order of their questions');
    first.resolve(said.answer);
  }

  #fail(what: string): void {
    if (this.#end !== undefined) return;
    this.#end = what;
    for (const { reject } of this.#waiting) reject(new StoreFailedError(what));
    this.#waiting = [];
    this.#onFatal(what);
  }
}

/** The thread's module beside this one, as source or as emitted. */
function moduleUrl(module: string): URL {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`${module}${ending}`, import.meta.url);
}
