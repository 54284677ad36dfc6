import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
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

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
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
