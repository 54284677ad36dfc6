import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { SPARE_VARIABLE } from '../function/runtime/spare.ts';
import type { Mount } from '../sandbox/sandbox.ts';

const FOLDER = '/run/millrace-spare';

/** What makes a spare program the program of one function. */
export interface Assigned {
  readonly variables: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** Where a spare program waits for its function: a socket in a folder that only its environment sees, used once. */
export class Assignment implements AsyncDisposable {
  readonly variables = { [SPARE_VARIABLE]: `${FOLDER}/socket` };
  readonly mount: Mount;
  /** Resolves when the program is loaded and waits. */
  readonly awaited: Promise<void>;
  readonly #server: Server;
  #socket: Socket | undefined;
  #isGiven = false;

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.mount = { source: folder, target: FOLDER, access: 'read-only' };
    this.awaited = new Promise((resolve) => {
      server.once('connection', (socket) => {
        socket.on('error', () => socket.destroy());
        // A program may greet with an empty line and is answered by one: so it has read and written before it has to.
        socket.once('data', () => {
          socket.pause();
          if (!this.#isGiven) socket.write('\n');
        });
        this.#socket = socket;
        server.close();
        resolve();
      });
    });
  }

  /** Listens in `folder`, a private one whose path is short. */
  static async open(folder: string): Promise<Assignment> {
    const server = createServer({ allowHalfOpen: true });
    const path = join(folder, 'socket');
    server.listen(path);
    await once(server, 'listening');
    // The environment may run as a user of its own; the folder keeps everyone else away.
    chmodSync(path, 0o666);
    return new Assignment(server, folder);
  }

  /** Makes the waiting program go on: one line, and the end. */
  give(assigned: Assigned): void {
    this.#isGiven = true;
    this.#socket?.end(`${JSON.stringify(assigned)}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    if (this.#server.listening) this.#server.close();
  }
}
