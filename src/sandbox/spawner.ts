import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import type { Cancel, Clock } from '../base/clock.ts';
import { OutputPipes } from './output-pipes.ts';
import { sweepLeftFolders } from './own-folder.ts';
import { ProgramOutput } from './program-output.ts';
import type { OutputListener } from './sandbox.ts';
import type { SpawnerEvent, SpawnerRequest } from './spawner-protocol.ts';

/** What to start. */
export type SpawnOrder = Omit<Extract<SpawnerRequest, { kind: 'start' }>, 'kind' | 'id' | 'outputs'>;

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
  readonly output: ProgramOutput;
  readonly started: PromiseWithResolvers<number | undefined>;
  readonly ended: PromiseWithResolvers<SpawnEnd>;
  readonly closed: PromiseWithResolvers<void>;
  readonly child: PromiseWithResolvers<number>;
}

/** The process, and where its programs print. */
interface Launched {
  readonly child: ChildProcess;
  readonly pipes: OutputPipes;
}

/** How long the process stays when it has nothing to do. */
const IDLE_MS = 10_000;

/** The platform's side of the spawner: its process comes when it is woken or with the first order, and goes when it is idle. */
export class Spawner implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #running = new Map<number, Running>();
  #process: Launched | undefined;
  #hasSwept = false;
  #nextId = 1;
  #cancelRest: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Has the process start before the first order. */
  wake(): void {
    this.#process ??= this.#launch();
    this.#restWhenIdle();
  }

  /** Starts a program; undefined pid and an end of `not-started` when that failed. */
  async start(order: SpawnOrder, output: OutputListener): Promise<Spawned> {
    this.#cancelRest?.();
    const id = this.#nextId++;
    const launched = (this.#process ??= this.#launch());
    const running: Running = {
      hasStarted: false,
      output: new ProgramOutput(output),
      started: Promise.withResolvers(),
      ended: Promise.withResolvers(),
      closed: Promise.withResolvers(),
      child: Promise.withResolvers(),
    };
    this.#running.set(id, running);
    await this.#order(id, order, running, launched);
    const pid = (await running.started.promise) ?? 0;
    const { ended, closed, child } = running;
    const ask = (request: SpawnerRequest): void => {
      if (this.#running.has(id)) launched.child.send(request, () => undefined);
    };
    return {
      ...{ pid, ended: ended.promise, closed: closed.promise, child: child.promise },
      signal: (signal) => ask({ kind: 'signal', id, signal }),
      hand: (text) => ask({ kind: 'hand', id, text }),
      outputRead: () => running.output.read(),
    };
  }

  /** Has the process start it, once there is where it prints. */
  async #order(id: number, order: SpawnOrder, running: Running, { pipes, child }: Launched): Promise<void> {
    try {
      const outputs = await pipes.take();
      if (!this.#running.has(id)) return;
      running.output.open(outputs);
      child.send({ kind: 'start', id, outputs, ...order } satisfies SpawnerRequest, () => undefined);
    } catch (error) {
      this.#refuse(id, running, (error as Error).message);
    }
  }

  /** Ends the process and with it everything that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelRest?.();
    const child = this.#process?.child;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
  }

  #launch(): Launched {
    if (!this.#hasSwept) void sweepLeftFolders('output', this.#clock.nowMs());
    this.#hasSwept = true;
    const program = new URL('./spawner-process' + extname(import.meta.url), import.meta.url);
    const child = fork(program, {
      ...{
        serialization: 'advanced',
        execArgv: [],
        env: ownVariables(),
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    });
    const pipes = new OutputPipes((paths) => {
      child.send({ kind: 'make-pipes', paths } satisfies SpawnerRequest, () => undefined);
    });
    pipes.askForMore();
    child.on('message', (event: SpawnerEvent) => {
      if (event.kind === 'pipes-made') pipes.made(event.failure);
      else this.#hear(event);
    });
    child.on('error', () => undefined);
    child.once('exit', () => {
      pipes[Symbol.dispose]();
      // One that was sent to rest had nothing running; what runs now belongs to its successor.
      if (this.#process?.child !== child) return;
      this.#process = undefined;
      this.#loseAll();
    });
    return { child, pipes };
  }

  #hear(event: Exclude<SpawnerEvent, { kind: 'pipes-made' }>): void {
    const running = this.#running.get(event.id);
    if (running === undefined) return;
    if (event.kind === 'started') {
      running.hasStarted = true;
      running.started.resolve(event.pid);
    } else if (event.kind === 'ended') {
      running.ended.resolve({ kind: 'ended', code: event.code, signal: event.signal });
    } else if (event.kind === 'closed') {
      void running.output.closed.then(() => this.#close(event.id, running));
    } else if (event.kind === 'child') running.child.resolve(event.pid);
    else this.#refuse(event.id, running, event.why);
  }

  #refuse(id: number, running: Running, why: string): void {
    this.#settle(running, why);
    running.output.giveUp();
    this.#close(id, running);
  }

  /** Nothing is left of it that the spawner would know. */
  #close(id: number, running: Running): void {
    if (!this.#running.delete(id)) return;
    this.#process?.child.send({ kind: 'forget', id }, () => undefined);
    running.child.resolve(0);
    running.closed.resolve();
    this.#restWhenIdle();
  }

  /** Its process is gone: so is everything that it started. */
  #loseAll(): void {
    for (const running of this.#running.values()) {
      if (running.hasStarted) running.ended.resolve({ kind: 'ended', code: null, signal: 'SIGKILL' });
      this.#settle(running, 'the spawner process ended');
      running.output.giveUp();
      running.closed.resolve();
    }
    this.#running.clear();
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
      const resting = this.#process?.child;
      // An order that comes now gets a new process: this one hears nothing more.
      this.#process = undefined;
      if (resting?.connected === true) resting.disconnect();
    });
  }
}

/** The platform's cache of compiled code, in which the process finds its own and starts in a third of the time; nothing else is inherited. */
function ownVariables(): Record<string, string> {
  const folder = getCompileCacheDir();
  // The last name stands for Node's version and the user; each Node adds its own.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
