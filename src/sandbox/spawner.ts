import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { once } from 'node:events';
import type { Cancel, Clock } from '../base/clock.ts';
import type { OutputListener } from './sandbox.ts';
import type { SpawnerEvent, SpawnerRequest } from './spawner-protocol.ts';

/** What to start. */
export type SpawnOrder = Omit<Extract<SpawnerRequest, { kind: 'start' }>, 'kind' | 'id'>;

/** How a started program ended. */
export type SpawnEnd =
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'not-started'; readonly why: string };

/** A program that the spawner runs. */
export interface Spawned {
  readonly pid: number;
  /** The child that it named, if the order asked for that; 0 when it named none. */
  readonly child: Promise<number>;
  /** Resolves when the program itself has ended. */
  readonly ended: Promise<SpawnEnd>;
  /** Resolves when, in addition, nothing holds its output open. */
  readonly closed: Promise<void>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Gives it the text that its order said it is handed; once. */
  hand(text: string): void;
  /** Resolves when everything that it has printed before has been handed on. */
  outputRead(): Promise<void>;
}

interface Running {
  hasStarted: boolean;
  readonly output: OutputListener;
  readonly started: PromiseWithResolvers<number | undefined>;
  readonly ended: PromiseWithResolvers<SpawnEnd>;
  readonly closed: PromiseWithResolvers<void>;
  readonly child: PromiseWithResolvers<number>;
}

interface OutputQuestion extends PromiseWithResolvers<void> {
  readonly number: number;
}

/** How long the process stays when it has nothing to do. */
const IDLE_MS = 10_000;

/** The platform's side of the spawner: its process comes with the first order and goes when it is idle. */
export class Spawner implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #running = new Map<number, Running>();
  /** The question for output that is on its way, and who asks since it went. */
  #reading: OutputQuestion | undefined;
  #nextReading: OutputQuestion | undefined;
  #process: ChildProcess | undefined;
  #nextId = 1;
  #cancelRest: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts a program; undefined pid and an end of `not-started` when that failed. */
  async start(order: SpawnOrder, output: OutputListener): Promise<Spawned> {
    this.#cancelRest?.();
    const id = this.#nextId++;
    const running: Running = {
      hasStarted: false,
      output,
      started: Promise.withResolvers(),
      ended: Promise.withResolvers(),
      closed: Promise.withResolvers(),
      child: Promise.withResolvers(),
    };
    this.#running.set(id, running);
    this.#ask({ kind: 'start', id, ...order });
    const pid = (await running.started.promise) ?? 0;
    const { ended, closed, child } = running;
    const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
      if (this.#running.has(id)) this.#ask({ kind: 'signal', id, signal: name });
    };
    const outputRead = (): Promise<void> => (this.#running.has(id) ? this.#outputRead() : Promise.resolve());
    const hand = (text: string): void => {
      if (this.#running.has(id)) this.#ask({ kind: 'hand', id, text });
    };
    return {
      ...{ pid, ended: ended.promise, closed: closed.promise, child: child.promise },
      ...{ signal, hand, outputRead },
    };
  }

  /** Ends the process and with it everything that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelRest?.();
    const child = this.#process;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
  }

  #ask(request: SpawnerRequest): void {
    this.#process ??= this.#launch();
    this.#process.send(request, () => undefined);
  }

  /** One question at a time is for all programs: who asks meanwhile has a part in the next. */
  #outputRead(): Promise<void> {
    if (this.#nextReading === undefined) {
      this.#nextReading = { number: this.#nextId++, ...Promise.withResolvers<void>() };
      // At the end of the turn: several invocations often end in one.
      setImmediate(() => this.#askForOutput());
    }
    return this.#nextReading.promise;
  }

  #askForOutput(): void {
    if (this.#reading !== undefined || this.#nextReading === undefined) return;
    this.#reading = this.#nextReading;
    this.#nextReading = undefined;
    this.#ask({ kind: 'read-output', number: this.#reading.number });
  }

  #endReading(): void {
    this.#reading?.resolve();
    this.#reading = undefined;
  }

  #launch(): ChildProcess {
    const program = new URL('./spawner-process' + extname(import.meta.url), import.meta.url);
    const child = fork(program, {
      ...{ serialization: 'advanced', execArgv: [], env: {}, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    });
    child.on('message', (event: SpawnerEvent) => this.#hear(event));
    child.on('error', () => undefined);
    child.once('exit', () => {
      // One that was sent to rest had nothing running; what runs now belongs to its successor.
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#loseAll();
    });
    return child;
  }

  #hear(event: SpawnerEvent): void {
    if (event.kind === 'output-read') {
      if (event.number !== this.#reading?.number) return;
      this.#endReading();
      return void setImmediate(() => this.#askForOutput());
    }
    const running = this.#running.get(event.id);
    if (running === undefined) return;
    if (event.kind === 'output') running.output(event.stream, event.chunk);
    else if (event.kind === 'started') {
      running.hasStarted = true;
      running.started.resolve(event.pid);
    } else if (event.kind === 'ended')
      running.ended.resolve({ kind: 'ended', code: event.code, signal: event.signal });
    else if (event.kind === 'child') running.child.resolve(event.pid);
    else {
      if (event.kind === 'not-started') this.#settle(running, event.why);
      running.child.resolve(0);
      running.closed.resolve();
      this.#running.delete(event.id);
      this.#restWhenIdle();
    }
  }

  /** Its process is gone: so is everything that it started. */
  #loseAll(): void {
    for (const running of this.#running.values()) {
      if (running.hasStarted) running.ended.resolve({ kind: 'ended', code: null, signal: 'SIGKILL' });
      this.#settle(running, 'the spawner process ended');
      running.closed.resolve();
    }
    this.#running.clear();
    this.#endReading();
    this.#nextReading?.resolve();
    this.#nextReading = undefined;
  }

  #settle(running: Running, why: string): void {
    running.started.resolve(undefined);
    running.child.resolve(0);
    running.ended.resolve({ kind: 'not-started', why });
  }

  #restWhenIdle(): void {
    if (this.#running.size > 0) return;
    this.#cancelRest?.();
    this.#cancelRest = this.#clock.after(IDLE_MS, () => {
      if (this.#running.size > 0) return;
      // Nothing runs: whoever still asked has nothing to wait for.
      this.#endReading();
      const resting = this.#process;
      // An order that comes now gets a new process: this one hears nothing more.
      this.#process = undefined;
      if (resting?.connected === true) resting.disconnect();
    });
  }
}
