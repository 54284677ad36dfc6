import type { SandboxedTree } from '../sandbox/sandbox.ts';
import { NO_TELEMETRY } from './telemetry/event.ts';
import type { Door, DoorInvocation, EnvironmentDoor } from './door.ts';

/** A runtime's door where no extension can speak. */
export class SilentDoor implements EnvironmentDoor {
  readonly variables: Door['variables'];
  readonly mounts: Door['mounts'];
  readonly prefix: Door['prefix'];
  readonly #runtime: Door;

  constructor(runtime: Door) {
    this.#runtime = runtime;
    this.variables = runtime.variables;
    this.mounts = runtime.mounts;
    this.prefix = runtime.prefix;
  }

  readonly telemetry = NO_TELEMETRY;

  belongTo(): void {}

  graceMs(): number {
    return 0;
  }

  shutdown(): void {}

  cutShort(): void {}

  lostExtension(): void {}

  admit(tree: SandboxedTree): void {
    this.#runtime.admit(tree);
  }

  send(invocation: DoorInvocation): void {
    this.#runtime.send(invocation);
  }

  pause(): void {
    this.#runtime.pause();
  }

  resume(): void {
    this.#runtime.resume();
  }

  drained(): Promise<void> {
    return this.#runtime.drained();
  }

  left(): Promise<void> {
    return this.#runtime.left();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime[Symbol.asyncDispose]();
  }
}
