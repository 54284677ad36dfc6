import type { Clock } from '../base/clock.ts';
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
import type { Extension } from './extension.ts';
import { payload } from './payloads.ts';
import { TelemetryApi } from './telemetry-api.ts';
import { delivery } from './telemetry/delivery.ts';
import type { Ended, TelemetryEvent } from './telemetry/event.ts';
import { Narrator } from './telemetry/narrator.ts';
import type { Delivery } from './telemetry/subscriber.ts';
import type { Destination } from './telemetry/subscription.ts';
import { Telemetry } from './telemetry/telemetry.ts';

/** What {@link DoorWithExtensions} is made of. */
export interface DoorWithExtensionsParts {
  /** Where extensions speak. */
  readonly server: ApiServer;
  readonly clock: Clock;
  /** Where the runtime speaks; it may be the same server. */
  readonly openRuntime: (listener: DoorListener) => Door | Promise<Door>;
  readonly random: Random;
  readonly listener: DoorListener;
}

/** The door of a runtime and of its extensions: the next invocation may come when all of them are ready for it. */
export class DoorWithExtensions implements EnvironmentDoor {
  readonly #server: ApiServer;
  readonly #clock: Clock;
  readonly #listener: DoorListener;
  readonly #extensions: ExtensionsApi;
  readonly #runtime: Door;
  readonly #narrator: Narrator;
  readonly telemetry: Telemetry;
  #tree: SandboxedTree | undefined;
  #isRuntimeReady = false;
  #hasStarted = false;
  #requestId: string | undefined;
  #onComplete: (() => void) | undefined;

  private constructor(
    { server, random, clock, listener }: DoorWithExtensionsParts,
    runtime: Door,
    early: Early,
  ) {
    this.#server = server;
    this.#clock = clock;
    this.#listener = listener;
    this.#runtime = runtime;
    this.#extensions = new ExtensionsApi(random, {
      changed: () => this.#offer(),
      failed: (failure) => this.#fail(failure),
    });
    const deliveryTo = (destination: Destination): Delivery => delivery(destination, server.connectInside);
    const outputRead = async (): Promise<void> => this.#tree?.outputRead();
    this.telemetry = new Telemetry({ clock, deliveryTo, outputRead });
    this.#narrator = new Narrator(this.telemetry, clock);
    const api = new TelemetryApi({
      telemetry: this.telemetry,
      whoAsks: (request, response) => this.#extensions.whoAsks(request, response),
    });
    server.route((request, response, path) => this.#extensions.serve(request, response, path));
    server.route((request, response, path) => api.serve(request, response, path));
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
    const own = this.#runtime.mounts;
    const others = this.#server.mounts.filter(({ target }) => own.every((mount) => mount.target !== target));
    return [...own, ...others];
  }

  get prefix(): Door['prefix'] {
    return this.#server.prefix;
  }

  graceMs(reason: EndReason): number {
    return this.#extensions.graceMs(reason);
  }

  belongTo(facts: ExtensionFacts, external: readonly string[], onComplete?: () => void): void {
    this.#onComplete = onComplete;
    this.#narrator.begins(facts);
    this.#extensions.open(facts, external);
  }

  admit(tree: SandboxedTree): void {
    this.#tree = tree;
    this.#server.admit(tree);
    this.#runtime.admit(tree);
  }

  send(invocation: DoorInvocation): void {
    this.#requestId = invocation.requestId;
    this.#narrator.invoked(invocation);
    this.#extensions.invoke(invocation);
    this.#runtime.send(invocation);
  }

  shutdown(reason: EndReason, deadlineMs: number): void {
    this.#extensions.shutdown(reason, deadlineMs);
  }

  cutShort(ended: Ended): void {
    this.#narrator.cutShort(ended);
  }

  lostExtension(name: string, code: number): void {
    if (this.#extensions.isEnding) return;
    const of = this.#requestId === undefined ? '' : `RequestId: ${this.#requestId} `;
    const extension = [...this.#extensions.all].find((each) => each.name === name) ?? { name, events: [] };
    const errorMessage = `${of}Error: exit code ${code}`;
    this.#fail({ extension, errorType: 'Extension.Crash', errorMessage });
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

  left(): Promise<void> {
    return this.#runtime.left();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.telemetry.close();
    await this.#runtime[Symbol.asyncDispose]();
    if (!this.#server.isClosed) await this.#server[Symbol.asyncDispose]();
  }

  #hear(event: DoorEvent): void {
    this.#narrator.heard(event);
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
    if (!this.#hasStarted) this.#started();
    this.#listener({ kind: 'ready' });
  }

  #started(): void {
    this.#hasStarted = true;
    this.#extensions.close();
    for (const extension of this.#extensions.all) this.#tellState(extension, 'Ready');
    this.#narrator.loaded();
    this.telemetry.closeSubscriptions();
  }

  #tellState(
    { name, events }: Pick<Extension, 'name' | 'events'>,
    state: ExtensionState,
    errorType?: string,
  ): void {
    const told = { kind: 'extension', atMs: this.#clock.nowMs(), name, state, events } as const;
    this.telemetry.tell({ ...told, ...(errorType !== undefined && { errorType }) });
  }

  /** Nothing goes on without an extension: who waits for the environment gets the reason, and it ends. */
  #fail({ extension, errorType, errorMessage }: ExtensionFailure): void {
    if (this.#server.isClosed) return;
    this.#tellState(extension, STATES[errorType] ?? 'Exited', errorType);
    const failure = { errorType, errorMessage, payload: payload(errorType, errorMessage) };
    if (!this.#hasStarted) return this.#listener({ kind: 'init-failed', marks: undefined, ...failure });
    this.#listener({ kind: 'failed', marks: undefined, ...failure });
    this.#listener({ kind: 'broken', what: `${errorType}: ${errorMessage} (${extension.name})` });
  }
}

type ExtensionState = Extract<TelemetryEvent, { readonly kind: 'extension' }>['state'];

/** What has become of an extension, as AWS names it, by its error. */
const STATES: Readonly<Record<string, ExtensionState>> = {
  'Extension.InitError': 'InitError',
  'Extension.ExitError': 'ExitError',
};

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
