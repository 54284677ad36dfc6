import type { Random } from '../base/random.ts';
import type { SandboxedTree } from '../sandbox/sandbox.ts';
import type { ApiServer } from './api-server.ts';
import type {
  Door,
  DoorEvent,
  DoorInvocation,
  DoorListener,
  EndReason,
  EnvironmentDoor,
  ExtensionFacts,
} from './door.ts';
import { ExtensionsApi, type ExtensionFailure } from './extensions-api.ts';
import { payload } from './payloads.ts';

/** What {@link DoorWithExtensions} is made of. */
export interface DoorWithExtensionsParts {
  /** Where extensions speak. */
  readonly server: ApiServer;
  /** Where the runtime speaks; it may be the same server. */
  readonly openRuntime: (listener: DoorListener) => Door | Promise<Door>;
  readonly random: Random;
  readonly listener: DoorListener;
}

/** The door of a runtime and of its extensions: the next invocation may come when all of them are ready for it. */
export class DoorWithExtensions implements EnvironmentDoor {
  readonly #server: ApiServer;
  readonly #listener: DoorListener;
  readonly #extensions: ExtensionsApi;
  readonly #runtime: Door;
  #isRuntimeReady = false;
  #hasStarted = false;
  #requestId: string | undefined;
  #onComplete: (() => void) | undefined;

  private constructor({ server, random, listener }: DoorWithExtensionsParts, runtime: Door, early: Early) {
    this.#server = server;
    this.#listener = listener;
    this.#runtime = runtime;
    this.#extensions = new ExtensionsApi(random, {
      changed: () => this.#offer(),
      failed: (failure) => this.#fail(failure),
    });
    server.route((request, response, path) => this.#extensions.serve(request, response, path));
    early.turnTo((event) => this.#hear(event));
  }

  /** Opens the runtime's door on top of the server. */
  static async open(parts: DoorWithExtensionsParts): Promise<DoorWithExtensions> {
    const early = new Early();
    const runtime = await parts.openRuntime((event) => early.hear(event));
    return new DoorWithExtensions(parts, runtime, early);
  }

  get variables(): Readonly<Record<string, string>> {
    return { ...this.#server.variables, ...this.#runtime.variables };
  }

  get mounts(): Door['mounts'] {
    return this.#runtime.mounts;
  }

  get prefix(): Door['prefix'] {
    return this.#runtime.prefix;
  }

  graceMs(reason: EndReason): number {
    return this.#extensions.graceMs(reason);
  }

  belongTo(facts: ExtensionFacts, external: readonly string[], onComplete?: () => void): void {
    this.#onComplete = onComplete;
    this.#extensions.open(facts, external);
  }

  admit(tree: SandboxedTree): void {
    this.#server.admit(tree);
    this.#runtime.admit(tree);
  }

  send(invocation: DoorInvocation): void {
    this.#requestId = invocation.requestId;
    this.#extensions.invoke(invocation);
    this.#runtime.send(invocation);
  }

  shutdown(reason: EndReason, deadlineMs: number): void {
    this.#extensions.shutdown(reason, deadlineMs);
  }

  lostExtension(name: string, code: number): void {
    if (this.#extensions.isEnding) return;
    const of = this.#requestId === undefined ? '' : `RequestId: ${this.#requestId} `;
    this.#fail({ errorType: 'Extension.Crash', errorMessage: `${of}Error: exit code ${code}` }, name);
  }

  pause(): void {
    this.#runtime.pause();
  }

  resume(): void {
    this.#runtime.resume();
  }

  async drained(): Promise<void> {
    await Promise.all([this.#server.drained(), this.#runtime.drained()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime[Symbol.asyncDispose]();
    if (!this.#server.isClosed) await this.#server[Symbol.asyncDispose]();
  }

  #hear(event: DoorEvent): void {
    if (event.kind !== 'ready') return this.#listener(event);
    this.#isRuntimeReady = true;
    this.#offer();
  }

  #offer(): void {
    if (this.#extensions.isComplete) {
      this.#onComplete?.();
      this.#onComplete = undefined;
    }
    if (!this.#isRuntimeReady || !this.#extensions.isSettled) return;
    this.#isRuntimeReady = false;
    this.#hasStarted = true;
    this.#extensions.close();
    this.#listener({ kind: 'ready' });
  }

  /** Nothing goes on without an extension: who waits for the environment gets the reason, and it ends. */
  #fail({ errorType, errorMessage }: ExtensionFailure, name?: string): void {
    if (this.#server.isClosed) return;
    const failure = { errorType, errorMessage, payload: payload(errorType, errorMessage) };
    if (!this.#hasStarted) return this.#listener({ kind: 'init-failed', marks: 0, ...failure });
    this.#listener({ kind: 'failed', marks: 0, ...failure });
    const whose = name === undefined ? '' : ` (${name})`;
    this.#listener({ kind: 'broken', what: `${errorType}: ${errorMessage}${whose}` });
  }
}

/** Keeps what a runtime says before somebody listens. */
class Early {
  readonly #said: DoorEvent[] = [];
  #listener: DoorListener = (event) => void this.#said.push(event);

  hear(event: DoorEvent): void {
    this.#listener(event);
  }

  turnTo(listener: DoorListener): void {
    this.#listener = listener;
    for (const event of this.#said.splice(0)) listener(event);
  }
}
