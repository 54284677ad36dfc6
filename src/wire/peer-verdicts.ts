import type { Socket } from 'node:net';
import type { PeerAddress } from '../sandbox/sandbox.ts';
import type { Gate } from './gate.ts';

/** Whether the other end of a connection is inside a sandbox: asked once for each, remembered as long as it is open. */
export class PeerVerdicts {
  readonly #gate: Gate;
  readonly #trouble: (error: unknown) => void;
  readonly #verdicts = new WeakMap<Socket, Promise<boolean> | boolean>();

  /** `trouble` is told why a peer could not be looked up; such a peer counts as sandboxed. */
  constructor(gate: Gate, trouble: (error: unknown) => void) {
    this.#gate = gate;
    this.#trouble = trouble;
  }

  /** Begins to ask about a new connection. */
  ask(socket: Socket): void {
    const peer = addressOf(socket);
    if (this.#gate.isSandboxed === undefined) return;
    // What it sent before it hung up may still be read, and nobody can say any more who it was.
    if (peer === undefined) return void this.#verdicts.set(socket, true);
    const verdict = this.#gate.isSandboxed(peer).catch((error: unknown) => {
      this.#trouble(error);
      return true;
    });
    this.#verdicts.set(socket, verdict);
    void verdict.then((isSandboxed) => this.#verdicts.set(socket, isSandboxed));
  }

  /** The verdict, or the promise of it. */
  isSandboxed(socket: Socket): Promise<boolean> | boolean {
    return this.#verdicts.get(socket) ?? false;
  }
}

/** Undefined for a connection that is closed again already. */
function addressOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): PeerAddress | undefined {
  const isOpen =
    localAddress !== undefined &&
    localPort !== undefined &&
    remoteAddress !== undefined &&
    remotePort !== undefined;
  return isOpen ? { localAddress, localPort, remoteAddress, remotePort } : undefined;
}
