import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What a platform is started with. */
export interface PlatformOptions {
  readonly dataDirectory: string;
  readonly port: number;
  /** Words before the program: a tracer and its flags. */
  readonly under?: readonly string[];
  /** More options of `up`. */
  readonly flags?: readonly string[];
  /** What is started instead of the program of this checkout, as this user, with these variables. */
  readonly program?: readonly string[];
  readonly user?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The path of the program's front door. */
export const PROGRAM = fileURLToPath(new URL('../../bin/millrace', import.meta.url));

/** The real program, running. */
export class Platform implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
  }

  /** Its process. */
  get processId(): number {
    return this.#process.pid ?? 0;
  }

  /** Starts it and waits until it has said its address. */
  static async start(options: PlatformOptions): Promise<Platform> {
    const words = [
      ...(options.under ?? []),
      ...(options.program ?? [PROGRAM]),
      'up',
      '--port',
      String(options.port),
      '--data',
      options.dataDirectory,
      ...(options.flags ?? []),
    ];
    const child = spawn(words[0] ?? PROGRAM, words.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.user !== undefined && { uid: options.user, gid: options.user }),
      ...(options.variables !== undefined && { env: options.variables }),
    });
    await saysItsAddress(child);
    return new Platform(child, options.port);
  }

  /** Ends it as a power cut of the process would: nothing of it runs another instruction. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}

/** Ports below those that systems give to connections: such a connection would take a free one away again. */
const FIRST_PORT = 10_000;
const AFTER_LAST_PORT = 32_000;
const MOST_TRIES = 100;

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = randomInt(FIRST_PORT, AFTER_LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port was free in ${MOST_TRIES} tries`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function saysItsAddress(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (part: Buffer): void => {
      said += part.toString();
      if (/https?:\/\/127\.0\.0\.1:\d+/.test(said)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`the platform ended (${code ?? signal}) and said: ${said}`)),
    );
  });
}
