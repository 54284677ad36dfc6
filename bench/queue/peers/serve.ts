import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { tree } from '../../usage.ts';
import type { Protocol, Target } from '../target.ts';

/** How a peer is started on a port of the loopback address. */
export interface Start {
  readonly name: string;
  readonly protocol: Protocol;
  readonly command: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** How long it may take until it listens; half a minute unless given. */
  readonly patienceS?: number;
}

/** A peer that runs until it is disposed of. */
export type Peer = Target & AsyncDisposable;

const PATIENCE_S = 30;
const TRIES_PER_S = 10;

/** Starts a peer; resolves when it listens. */
export async function serve(start: Start, port: number): Promise<Peer> {
  const { name, protocol, command, words, cwd, variables, patienceS = PATIENCE_S } = start;
  const child = spawn(command, words, { cwd, stdio: 'ignore', env: { ...process.env, ...variables } });
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  const stop = async (): Promise<void> => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // It keeps nothing that would have to be saved; a script leaves behind what it has started.
    for (const pid of tree(child.pid).reverse()) kill(pid);
    await ended;
  };
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (failure !== undefined) throw failure;
    if (child.exitCode !== null || tries === patienceS * TRIES_PER_S) {
      await stop();
      throw new Error(`${name} does not come up`);
    }
    await pause(1000 / TRIES_PER_S);
  }
  const endpoint = `http://127.0.0.1:${port}`;
  return { name, protocol, endpoint, pid: child.pid ?? 0, [Symbol.asyncDispose]: stop };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
